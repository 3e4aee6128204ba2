import type { DurableEventType } from '@parley/contracts/wire';

// Exhaustive by its type: a new durable event that is missing here does not compile.
const durableTypes: Record<DurableEventType | 'void', true> = {
  'message.created': true,
  'message.updated': true,
  'message.deleted': true,
  'reaction.added': true,
  'reaction.removed': true,
  'pin.added': true,
  'pin.removed': true,
  'participant.joined': true,
  'participant.updated': true,
  'participant.left': true,
  'conversation.updated': true,
  'conversation.deleted': true,
  'history.reset': true,
  void: true,
};

/** Whether an event of this name has a place in a timeline. */
export function isDurable(name: string): boolean {
  return Object.hasOwn(durableTypes, name);
}

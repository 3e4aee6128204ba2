import type {
  DurableEventType,
  LossyEventData,
  RecoveredEventData,
  ServerEventName,
  VoidEvent,
} from './event.types';
import type { SocketRequestName } from './request.types';

/** What finds an event that was lost: `sync` a durable one, `heads` a recovered one; the next one replaces a lossy one. */
export type EventClass = 'durable' | 'recovered' | 'lossy';

type ClassOf<N> = N extends DurableEventType | VoidEvent['type']
  ? 'durable'
  : N extends keyof RecoveredEventData
    ? 'recovered'
    : N extends keyof LossyEventData
      ? 'lossy'
      : never;

/** Every event that the server sends, with a line for people. */
export const eventCatalogue: {
  readonly [N in ServerEventName]: { readonly class: ClassOf<N>; readonly summary: string };
} = {
  'message.created': { class: 'durable', summary: 'Somebody sent a message.' },
  'message.updated': {
    class: 'durable',
    summary: 'A message was edited; its data is the message as it is now.',
  },
  'message.deleted': {
    class: 'durable',
    summary: 'A message was deleted: its place stays, without its content.',
  },
  'reaction.added': { class: 'durable', summary: 'Somebody reacted to a message.' },
  'reaction.removed': { class: 'durable', summary: 'Somebody took a reaction back, or replaced it.' },
  'pin.added': { class: 'durable', summary: 'A message was pinned.' },
  'pin.removed': { class: 'durable', summary: 'A message is no longer pinned.' },
  'participant.joined': { class: 'durable', summary: 'Somebody joined, or was added.' },
  'participant.updated': { class: 'durable', summary: 'A participant has another role or label.' },
  'participant.left': { class: 'durable', summary: 'Somebody left, or was removed: the last that it sees.' },
  'conversation.updated': {
    class: 'durable',
    summary:
      'The conversation has another title or other rules, or was closed or opened; its data is what holds now.',
  },
  'conversation.deleted': {
    class: 'durable',
    summary: 'The conversation was deleted for all: the last that anybody sees of it.',
  },
  'history.reset': {
    class: 'durable',
    summary:
      'You reset your own history of the conversation, on some device: what was before is gone for you.',
  },
  void: { class: 'durable', summary: 'Holds the place of an event that the receiver may not see.' },
  'conversation.created': { class: 'recovered', summary: 'There is a conversation that is new for you.' },
  'read.updated': {
    class: 'recovered',
    summary:
      'You read on, on some device, or marked something unread; in conversations of up to 50, also that others read on.',
  },
  'settings.updated': {
    class: 'recovered',
    summary: 'You changed your own settings of a conversation, on some device.',
  },
  'draft.updated': {
    class: 'recovered',
    summary: 'You wrote or dropped a draft, on some device.',
  },
  'invitation.updated': {
    class: 'recovered',
    summary:
      'You were invited, or an invitation of yours is over; `GET /v1/invitations` after a connect has them all.',
  },
  'thread.updated': {
    class: 'recovered',
    summary:
      'A thread that you follow stands otherwise: you read on or (un)followed on some device, or, with up to 50 followers, somebody replied.',
  },
  'block.updated': {
    class: 'recovered',
    summary:
      'You block somebody, or no longer, by some device; the other is not told. `GET /v1/blocks` after a connect has them all.',
  },
  ready: { class: 'lossy', summary: 'The first event: from now on everything arrives live.' },
  heads: { class: 'lossy', summary: 'Where conversations stand whose events you may have missed.' },
  'typing.updated': {
    class: 'lossy',
    summary: 'Somebody types, or has stopped, in a conversation that you have open.',
  },
  'presence.updated': { class: 'lossy', summary: 'Somebody whom you watch came, went, or is away.' },
  drain: { class: 'lossy', summary: 'This server ends: connect again within the time.' },
};

/** Every request, with a line for people. */
export const requestCatalogue: { readonly [N in SocketRequestName]: { readonly summary: string } } = {
  'message.send': {
    summary: 'Send a message; a repeat under its clientMessageId answers with the first one.',
  },
  'message.edit': { summary: 'Edit a message of your own.' },
  'message.delete': { summary: 'Delete a message; deleting it again answers the same.' },
  'reaction.add': { summary: 'React to a message; once more with the same key changes nothing.' },
  'reaction.remove': { summary: 'Take a reaction of your own back.' },
  'pin.add': { summary: 'Pin a message in its conversation.' },
  'pin.remove': { summary: 'Take a message from the pins.' },
  'participant.add': { summary: 'Add participants to a conversation.' },
  'participant.remove': { summary: 'Remove a participant, or leave.' },
  'conversation.update': { summary: 'Change a conversation, close it or open it again.' },
  'read.mark': { summary: 'Mark a conversation read, up to a seq or up to its newest message.' },
  'thread.follow': { summary: 'Follow a thread.' },
  'thread.unfollow': { summary: 'Follow a thread no longer.' },
  'thread.read': { summary: 'Mark a thread read that you follow, up to a seq or up to its newest reply.' },
  'conversation.open': { summary: 'Say that a conversation is on your screen.' },
  'conversation.close': { summary: 'Say that a conversation is no longer on your screen.' },
  'typing.start': { summary: 'Say that you type; repeat it every two seconds while you do.' },
  'typing.stop': { summary: 'Say that you no longer type.' },
  'presence.set': { summary: 'Say that you are here, away, or not to be seen.' },
  'presence.watch': { summary: 'See whether users are here, and be told when that changes.' },
  'auth.refresh': {
    summary: 'Give a newer token, so that the connection goes on beyond the end of the old one.',
  },
  heads: { summary: 'See where your conversations stand.' },
  sync: { summary: 'Get what you missed, by seq.' },
  ping: { summary: 'Ask whether the connection is alive, and say what you have.' },
};

import type { DurableEvent, MessageView, ReadState } from '@parley/contracts/wire';
import type { ReadSight, Sight } from './history.types';

const keptCharacters = 40;

/** A text as histories keep it: the words of a run differ in their beginning, or in their length. */
export function brief(text: string): string {
  return text.length <= keptCharacters ? text : `${text.slice(0, keptCharacters)}…${text.length}`;
}

export function sightOf({ seq, version, text, deletedAt }: MessageView): Sight {
  if (deletedAt === null) return { message: seq, version, text: brief(text) };
  // Words that a deleted message still has are no version of it.
  return { message: seq, version, text: text === '' ? null : `deleted: ${brief(text)}` };
}

/** What an event tells of a message; undefined where it is about something else. */
export function eventSight(event: DurableEvent): Sight | undefined {
  if (event.type === 'message.created' || event.type === 'message.updated') return sightOf(event.data);
  if (event.type === 'message.deleted') return { message: event.data.messageSeq, version: 0, text: null };
  return undefined;
}

export function readSight({ conversationId, readSeq, unread, lastSeq }: ReadState): ReadSight {
  return { conversation: conversationId, readSeq, unread, lastSeq };
}

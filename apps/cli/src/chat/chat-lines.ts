import type { ConversationUpdatedData, MessageView, StoredEvent } from '@parley/contracts/wire';
import type { Palette } from './palette';

export type NameOf = (userId: string) => string;

// Direction marks turn around what stands after them, the rest of the line included.
const directionMarks = /[\u202a-\u202e\u2066-\u2069]/g;

/** Text of others without what would steer the terminal. */
export function harmless(text: string): string {
  return text
    .replace(/\t/g, '  ')
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cc}/gu, (char) => (char === '\n' ? char : ''))
    .replace(directionMarks, '');
}

/** As much of a text as one row of so many columns can hold. */
export function fit(text: string, columns: number): string {
  let width = 0;
  let fitting = '';
  for (const char of text.replaceAll('\n', ' ')) {
    // Wide characters (East Asian, emoji) begin here; taking some narrow ones for wide only shortens the row.
    width += (char.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
    if (width >= columns - 1) return `${fitting}…`;
    fitting += char;
  }
  return fitting;
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

export function day(at: string): string {
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

export function messageLine(message: MessageView, nameOf: NameOf, palette: Palette): string {
  const name = harmless(nameOf(message.sender));
  const reply = message.replyTo || message.threadRoot ? '↪ ' : '';
  const indent = ' '.repeat(7);
  const text = message.deletedAt
    ? palette.muted('(deleted)')
    : harmless(message.text).replaceAll('\n', `\n${indent}`);
  const replies = message.thread?.replies ?? 0;
  const thread = replies === 0 ? '' : palette.muted(`  [${replies} ${replies === 1 ? 'reply' : 'replies'}]`);
  return `${palette.muted(clock(message.at))}  ${palette.user(message.sender, name)}: ${reply}${text}${thread}`;
}

function actorOf({ actor }: StoredEvent, name: NameOf): string {
  return actor === null ? 'Somebody' : name(actor);
}

const leavings = { left: 'left', removed: 'was removed', banned: 'was banned' } as const;

/** What an event other than a message says; null for a message. */
export function noticeOf(event: StoredEvent, nameOf: NameOf): string | null {
  const name = (userId: string) => harmless(nameOf(userId));
  const who = actorOf(event, name);
  switch (event.type) {
    case 'message.created':
      return null;
    case 'message.updated':
      return `${name(event.data.sender)} edited: ${harmless(event.data.text)}`;
    case 'message.deleted':
      return `${who} deleted a message`;
    case 'reaction.added':
      return `${who} reacted ${harmless(event.data.key)}`;
    case 'reaction.removed':
      return `${who} took ${harmless(event.data.key)} back`;
    case 'pin.added':
      return `${who} pinned a message`;
    case 'pin.removed':
      return `${who} unpinned a message`;
    case 'participant.joined':
      return `${joinNames(event.data.participants.map(({ userId }) => name(userId)))} joined`;
    case 'participant.left':
      return `${name(event.data.userId)} ${leavings[event.data.reason]}`;
    case 'participant.updated':
      return `${name(event.data.userId)} is now ${event.data.role}`;
    case 'conversation.deleted':
      return `${who} deleted the conversation`;
    case 'history.reset':
      return 'You reset your history';
    case 'conversation.updated':
      return `${who} ${changeOf(event.data)}`;
  }
}

function changeOf({ status, title }: ConversationUpdatedData): string {
  if (status === 'closed') return 'closed the conversation';
  return `changed the conversation${title === null ? '' : `: ${harmless(title)}`}`;
}

/** The users that an event names. */
export function usersOf(event: StoredEvent): string[] {
  switch (event.type) {
    case 'message.created':
    case 'message.updated':
      return [event.data.sender];
    case 'message.deleted':
    case 'reaction.added':
    case 'reaction.removed':
    case 'pin.added':
    case 'pin.removed':
    case 'conversation.updated':
    case 'conversation.deleted':
    case 'history.reset':
      return event.actor === null ? [] : [event.actor];
    case 'participant.joined':
      return event.data.participants.map(({ userId }) => userId);
    case 'participant.left':
    case 'participant.updated':
      return [event.data.userId];
  }
}

/** "Ada", "Ada and Bo", "Ada, Bo and 3 others". */
export function joinNames(names: string[]): string {
  const [first = 'Nobody', second, ...others] = names;
  if (second === undefined) return first;
  if (others.length === 0) return `${first} and ${second}`;
  if (others.length === 1) return `${first}, ${second} and ${others[0]}`;
  return `${first}, ${second} and ${others.length} others`;
}

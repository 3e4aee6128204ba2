import type { ImportMessageDto } from '@parley/contracts/dto';
import { limits } from '@parley/contracts/wire';
import type { SlackRecord } from './slack-record';
import { plainText, type SlackNames } from './slack-text';

/** Why a record is no message here. `event (…)` names the subtype: somebody joined, a topic was set. */
export type SkipReason = 'empty' | 'only files or attachments' | 'no sender' | `event (${string})`;

/** What was altered or is lacking in a message that is imported all the same. */
export type ImportNote = 'text cut to 16 KiB' | 'characters replaced' | 'thread root missing';

export interface ConvertedMessage {
  message: ImportMessageDto;
  notes: ImportNote[];
}

/** What a record of one conversation is read against. */
export interface MessageContext {
  channelId: string;
  names: SlackNames;
  /** Sender of the message that began a thread, by its ts; undefined: it was not imported. */
  threadRoot(ts: string): string | undefined;
}

// Everything else with a subtype tells of the channel, not what somebody said: joins, topics, pins, reminders.
const spokenSubtypes: ReadonlySet<string> = new Set([
  'bot_message',
  'me_message',
  'thread_broadcast',
  'reply_broadcast',
  'file_share',
  'file_comment',
]);

const cutMark = '…';

/** The name that the export gives to a conversation; stable over exports. */
export const conversationKey = (channelId: string): string => `slack.${channelId}`;

/** The name that makes a message one message, however often it is imported. */
const messageKey = (channelId: string, ts: string): string => `slack.${channelId}.${ts}`;

/** Who wrote a record: a person, or a bot by its own id. */
export const senderOf = (record: SlackRecord): string | undefined =>
  (record.user ?? '') || (record.bot_id ?? '') || undefined;

/** Whether the record stands in a thread that another record began. */
export const isReply = (record: SlackRecord): boolean =>
  typeof record.thread_ts === 'string' && record.thread_ts !== record.ts;

/** A record of Slack as a message of an import page, or the reason why it is none. */
export function toImportMessage(record: SlackRecord, context: MessageContext): ConvertedMessage | SkipReason {
  const sender = senderOf(record);
  const { text: whole, mentions } = plainText(record.text ?? '', context.names);
  const skipped = skipReason(record, whole);
  if (skipped !== undefined || sender === undefined) return skipped ?? 'no sender';
  const notes: ImportNote[] = [];
  const storable = storableText(whole);
  if (storable !== whole) notes.push('characters replaced');
  const text = cutToBytes(storable, limits.messageTextMaxBytes);
  if (text !== storable) notes.push('text cut to 16 KiB');
  const root = rootOf(record, context);
  if (root === null) notes.push('thread root missing');
  const message: ImportMessageDto = {
    conversationKey: conversationKey(context.channelId),
    sender,
    clientMessageId: messageKey(context.channelId, record.ts),
    text,
    at: timeOf(record.ts),
  };
  if (root) message.threadRoot = root;
  if (mentions.length > 0) {
    message.mentions = mentions.slice(0, limits.mentionsPerMessage).map((userId) => ({ userId }));
  }
  if (text !== storable) message.metadata = { originalBytes: Buffer.byteLength(storable) };
  return { message, notes };
}

function skipReason(record: SlackRecord, text: string): SkipReason | undefined {
  const subtype = record.type === 'message' ? record.subtype : record.type;
  if (subtype && !spokenSubtypes.has(subtype)) return `event (${subtype})`;
  if (text.trim() !== '') return undefined;
  const others = (record.files?.length ?? 0) + (record.attachments?.length ?? 0);
  return others > 0 ? 'only files or attachments' : 'empty';
}

/** Text as PostgreSQL can hold it: null bytes and halves of characters become U+FFFD. */
export const storableText = (text: string): string => text.replaceAll('\u0000', '\uFFFD').toWellFormed();

/** At most so many UTF-8 bytes; a text that is cut ends with an ellipsis, at the end of a character. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = maxBytes - Buffer.byteLength(cutMark);
  // 10xxxxxx continues a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + cutMark;
}

function rootOf(record: SlackRecord, context: MessageContext): ImportMessageDto['threadRoot'] | null {
  const ts = record.thread_ts;
  if (typeof ts !== 'string' || ts === record.ts) return undefined;
  const sender = context.threadRoot(ts);
  return sender === undefined ? null : { sender, clientMessageId: messageKey(context.channelId, ts) };
}

function timeOf(ts: string): string {
  return new Date(Number(ts.slice(0, 10)) * 1000 + Number(ts.slice(11, 14))).toISOString();
}

import type { ImportUserDto } from '@parley/contracts/dto';
import { limits } from '@parley/contracts/wire';
import type { SlackArchive } from './slack-archive';
import { readDay, type SlackConversation, type SlackExport } from './slack-export';
import {
  cutToBytes,
  isReply,
  senderOf,
  storableText,
  toImportMessage,
  type ConvertedMessage,
  type ImportNote,
  type SkipReason,
} from './slack-message';
import type { SlackRecord } from './slack-record';
import type { SlackNames } from './slack-text';

interface ReadRecord {
  record: SlackRecord;
  outcome: ConvertedMessage | SkipReason;
}

/** What the check of a conversation found. */
export interface SurveyedConversation extends SlackConversation {
  /** Its members, and everybody who wrote in it. */
  participants: string[];
  messages: number;
}

/** What an import would do, known after every file has been read and checked once. */
export interface SlackSurvey {
  users: ImportUserDto[];
  names: SlackNames;
  conversations: SurveyedConversation[];
  records: number;
  messages: number;
  replies: number;
  skipped: Map<SkipReason, number>;
  notes: Map<ImportNote, number>;
  unlisted: string[];
}

/** The records of a conversation file by file; a file is checked whole before its first record is given out. */
export async function* readConversation(
  archive: SlackArchive,
  conversation: SlackConversation,
  names: SlackNames,
): AsyncGenerator<ReadRecord[]> {
  const roots = new Map<string, string>();
  const context = { channelId: conversation.id, names, threadRoot: (ts: string) => roots.get(ts) };
  for (const file of conversation.files) {
    const records = await readDay(archive, file);
    yield records.map((record) => {
      const outcome = toImportMessage(record, context);
      if (typeof outcome !== 'string' && !isReply(record)) roots.set(record.ts, outcome.message.sender);
      return { record, outcome };
    });
  }
}

/**
 * Reads and checks the whole export without keeping it, so that a broken file is found before anything is imported, and
 * everybody who wrote is known before the first page.
 * @throws SlackFileError naming the file and the place
 */
export async function survey(archive: SlackArchive, slack: SlackExport): Promise<SlackSurvey> {
  const userNames = new Map(slack.users.map((user) => [user.id, nameOf(user.profile) ?? nameOf(user)]));
  const channelNames = new Map(slack.conversations.map(({ id, title }) => [id, title]));
  const result: SlackSurvey = {
    users: [],
    names: { user: (id) => userNames.get(id), channel: (id) => channelNames.get(id) },
    conversations: [],
    records: 0,
    messages: 0,
    replies: 0,
    skipped: new Map(),
    notes: new Map(),
    unlisted: slack.unlisted,
  };
  const everybody = new Map(userNames);
  for (const conversation of slack.conversations) {
    const participants = new Set(conversation.members);
    const before = result.messages;
    for await (const records of readConversation(archive, conversation, result.names)) {
      for (const { record, outcome } of records) {
        count(result, record, outcome);
        const sender = typeof outcome === 'string' ? undefined : senderOf(record);
        if (sender === undefined) continue;
        participants.add(sender);
        if (!everybody.get(sender)) everybody.set(sender, writerName(record));
      }
    }
    for (const id of participants) if (!everybody.has(id)) everybody.set(id, undefined);
    result.conversations.push({
      ...conversation,
      participants: [...participants],
      messages: result.messages - before,
    });
  }
  result.users = [...everybody].map(([id, name]) => (name === undefined ? { id } : { id, name }));
  return result;
}

/** Adds one to a count. */
export function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function count(result: SlackSurvey, record: SlackRecord, outcome: ConvertedMessage | SkipReason): void {
  result.records += 1;
  if (typeof outcome === 'string') {
    increment(result.skipped, outcome);
    return;
  }
  result.messages += 1;
  if (isReply(record)) result.replies += 1;
  for (const note of outcome.notes) increment(result.notes, note);
}

interface Named {
  display_name?: string | null | undefined;
  real_name?: string | null | undefined;
  name?: string | null | undefined;
}

function writerName(record: SlackRecord): string | undefined {
  return nameOf(record.user_profile) ?? nameOf({ name: record.username }) ?? nameOf(record.bot_profile);
}

function nameOf(named: Named | null | undefined): string | undefined {
  const name = [named?.display_name, named?.real_name, named?.name].find((candidate) => candidate?.trim());
  return name ? cutToBytes(storableText(name.trim()), limits.userNameMaxChars) : undefined;
}

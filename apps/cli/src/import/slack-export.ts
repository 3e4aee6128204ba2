import { limits, type ConversationKind } from '@parley/contracts/wire';
import type { SlackArchive } from './slack-archive';
import { SlackFileError } from './slack-file.error';
import { cutToBytes, storableText } from './slack-message';
import {
  parseChannels,
  parseMessages,
  parseUsers,
  type SlackChannel,
  type SlackRecord,
  type SlackUser,
} from './slack-record';

/** A conversation of an export, with the files that hold its messages, oldest first. */
export interface SlackConversation {
  id: string;
  kind: ConversationKind;
  title: string | undefined;
  createdAt: string | undefined;
  members: string[];
  files: string[];
}

/** What an export holds, before its messages are read. */
export interface SlackExport {
  users: SlackUser[];
  conversations: SlackConversation[];
  /** Files of messages in folders that no list of conversations names. */
  unlisted: string[];
}

interface Listing {
  file: string;
  kind: ConversationKind;
  /** Direct messages have folders by id and no title. */
  titled: boolean;
}

// A direct conversation is found by its two users, never by a name of an import: Slack's become small groups.
const listings: readonly Listing[] = [
  { file: 'channels.json', kind: 'channel', titled: true },
  { file: 'groups.json', kind: 'group', titled: true },
  { file: 'mpims.json', kind: 'group', titled: false },
  { file: 'dms.json', kind: 'group', titled: false },
];

const dayFile = /^([^/]+)\/\d{4}-\d{2}-\d{2}\.json$/;

/** Reads what an export is made of. @throws SlackFileError when a list is missing or broken */
export async function readExport(archive: SlackArchive): Promise<SlackExport> {
  const users = parseUsers('users.json', await archive.read('users.json'));
  const present = listings.filter(({ file }) => archive.has(file));
  if (present.length === 0) throw new SlackFileError('channels.json', 'is missing in the export');
  const days = daysByFolder(archive.names);
  const conversations: SlackConversation[] = [];
  for (const listing of present) {
    for (const channel of parseChannels(listing.file, await archive.read(listing.file))) {
      const folder = [channel.name, channel.id].find((name) => name !== undefined && days.has(name));
      conversations.push(describe(channel, listing, days.get(folder ?? '') ?? []));
      if (folder !== undefined) days.delete(folder);
    }
  }
  return { users, conversations, unlisted: [...days.values()].flat() };
}

/** The records of one day in the order of their times; the whole file is checked before anything is returned. */
export async function readDay(archive: SlackArchive, file: string): Promise<SlackRecord[]> {
  const records = parseMessages(file, await archive.read(file));
  // All times have one width, so that text order is the order of time.
  return records.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}

function daysByFolder(names: string[]): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const name of names.filter((candidate) => dayFile.test(candidate)).sort()) {
    const folder = name.slice(0, name.indexOf('/'));
    const files = days.get(folder);
    if (files === undefined) days.set(folder, [name]);
    else files.push(name);
  }
  return days;
}

function describe(channel: SlackChannel, listing: Listing, files: string[]): SlackConversation {
  return {
    id: channel.id,
    kind: listing.kind,
    title: listing.titled && channel.name?.trim() ? titleFrom(channel.name) : undefined,
    createdAt: channel.created ? new Date(channel.created * 1000).toISOString() : undefined,
    members: channel.members ?? [],
    files,
  };
}

const titleFrom = (name: string): string => cutToBytes(storableText(name.trim()), limits.titleMaxChars);

import type { ConversationView } from '@parley/contracts/wire';
import type { ParleyRest } from '@parley/client';
import type { Directory } from './directory';

const shown = 20;

export interface ListedConversation {
  conversation: ConversationView;
  title: string;
}

/** The user's conversations with their titles, the last active first. */
export async function listConversations(
  rest: ParleyRest,
  directory: Directory,
): Promise<ListedConversation[]> {
  const { data } = await rest.conversations.list({ limit: shown });
  return Promise.all(
    data.map(async (conversation) => ({ conversation, title: await directory.titleOf(conversation) })),
  );
}

/** A line of the list: the title, how much is unread there, and how often it mentions the user. */
export function listLine({ conversation, title }: ListedConversation, number: number): string {
  const { unread = 0, mentions = 0 } = conversation.me ?? {};
  const news = [unread === 0 ? '' : `${unread} new`, mentions === 0 ? '' : `@${mentions}`].filter(Boolean);
  return `${String(number).padStart(4)}  ${title}${news.length === 0 ? '' : `  (${news.join(', ')})`}`;
}

/** The one that a person means by an id, by its number in the list, or by its title or the beginning of it. */
export function pick(list: ListedConversation[], wanted: string): ListedConversation | undefined {
  const word = wanted.trim().toLowerCase();
  if (/^\d+$/.test(word)) return list[Number(word) - 1];
  return (
    list.find(({ conversation }) => conversation.id === word) ??
    list.find(({ title }) => title.toLowerCase() === word) ??
    (word === '' ? undefined : list.find(({ title }) => title.toLowerCase().startsWith(word)))
  );
}

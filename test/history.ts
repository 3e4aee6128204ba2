import type { ConversationView, MessagePage } from '@parley/contracts/wire';
import type { System } from '@parley/testing';

/** What follows the change that made the group. */
export const firstSeq = 2;

/** A group of these users; the first one makes it. */
export async function makeGroup(system: System, owner: string, ...others: string[]): Promise<string> {
  const tokens = await Promise.all([owner, ...others].map((userId) => system.token(userId)));
  const body = { kind: 'group', participants: others.map((userId) => ({ userId })) };
  const { id } = await system.rest<ConversationView>('POST', '/v1/conversations', body, tokens[0]);
  return id;
}

/** The texts of all messages, in their order, as a user reads them page by page. */
export async function textsOf(system: System, conversationId: string, userId: string): Promise<string[]> {
  const token = await system.token(userId);
  const texts: string[] = [];
  for (let after = 0; ;) {
    const path = `/v1/conversations/${conversationId}/messages?after=${after}&limit=200`;
    const page = await system.rest<MessagePage>('GET', path, undefined, token);
    texts.push(...page.data.map(({ text }) => text));
    if (page.page.after === null) return texts;
    after = page.page.after;
  }
}

import { demoConversations, demoUsers, type DemoConversation } from './demo-content';
import type { Rest } from './rest';

const tokenTtlSeconds = 30 * 24 * 3600;

export interface DemoUser {
  id: string;
  name: string;
  token: string;
}

/** Whether the tenant has its demo people already. */
export async function hasDemo(rest: Rest): Promise<boolean> {
  const { status } = await rest.call({ method: 'GET', path: `/users/${demoUsers[0].id}` }, 404);
  return status === 200;
}

/** Writes people and conversations; what an interrupted start left half written is completed, nothing is doubled. */
export async function writeDemo(rest: Rest): Promise<void> {
  for (const { id, name } of demoUsers)
    await rest.call({ method: 'PUT', path: `/users/${id}`, body: { name } });
  for (const conversation of demoConversations) await writeConversation(rest, conversation);
}

/** Fresh tokens for the demo users. */
export function mintTokens(rest: Rest): Promise<DemoUser[]> {
  return Promise.all(
    demoUsers.map(async ({ id, name }) => {
      const body = { userId: id, ttlSeconds: tokenTtlSeconds };
      const answer = await rest.call({ method: 'POST', path: '/tokens', body });
      return { id, name, token: String(answer.body['token']) };
    }),
  );
}

async function writeConversation(rest: Rest, conversation: DemoConversation): Promise<void> {
  const { key, kind, title, participants, messages } = conversation;
  const created = await rest.call({
    method: 'POST',
    path: '/conversations',
    body: { kind, participants, ...(title === undefined ? {} : { title }), distinct: true },
  });
  const id = String(created.body['id']);
  for (const [index, { from, text }] of messages.entries()) {
    await rest.call({
      method: 'POST',
      path: `/conversations/${id}/messages`,
      actAs: from,
      body: { text, clientMessageId: `demo.${key}.${index + 1}` },
    });
  }
}

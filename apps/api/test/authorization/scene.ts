import type { ConversationView, SendResult } from '@parley/contracts/wire';
import type { RunningApi } from '../running-api';
import type { Cast } from './cast';

/** What a request is about; made anew for every request, so that none finds what another one left. */
export interface Scene {
  conversationId: string;
  /** By the member. */
  messageId: string;
  epoch: string;
  tenantId: string;
}

/** A group of owner, admin, member and guest, which `removed` has left, with a message of the member. */
export async function makeScene(api: RunningApi, { tenant, credentials }: Cast): Promise<Scene> {
  const participants = [
    { userId: 'admin', role: 'admin' },
    { userId: 'member', role: 'member' },
    { userId: 'guest', role: 'guest' },
    { userId: 'removed', role: 'member' },
  ];
  const call = async <T>(method: string, path: string, token: string | undefined, body?: unknown) => {
    const answer = await api.call<T>(method, path, { ...(token === undefined ? {} : { token }), body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const { owner, member } = credentials;
  const body = { kind: 'group', participants };
  const { id } = await call<ConversationView>('POST', '/v1/conversations', owner, body);
  await call('DELETE', `/v1/conversations/${id}/participants/removed`, owner);
  const messages = `/v1/conversations/${id}/messages`;
  const { epoch } = await call<{ epoch: string }>('GET', '/v1/heads', owner);
  const { message } = await call<SendResult>('POST', messages, member, { text: 'of the member' });
  return { conversationId: id, messageId: message.id, tenantId: tenant.id, epoch };
}

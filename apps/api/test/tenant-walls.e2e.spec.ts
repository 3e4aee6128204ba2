import { randomUUID } from 'node:crypto';
import type { ConversationView, SendResult } from '@parley/contracts/wire';
import { RunningApi } from './running-api';

const tenantCount = 50;
/** Many more than the pool has connections, and few enough that none waits until it is refused. */
const waveSize = 15;

async function inWaves<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let at = 0; at < items.length; at += waveSize) {
    answers.push(...(await Promise.all(items.slice(at, at + waveSize).map(ask))));
  }
  return answers;
}

interface Inhabitant {
  canary: string;
  serverKey: string;
  token: string;
  conversationId: string;
  message: SendResult['message'];
}

describe('S13, I14: 50 tenants over one pool of connections', () => {
  let api: RunningApi;
  let tenants: Inhabitant[];

  beforeAll(async () => {
    api = await RunningApi.start({ DATABASE_POOL_MAX: '3' });
    const canaries = Array.from({ length: tenantCount }, (_, index) => `canary-${index}-${randomUUID()}`);
    tenants = await inWaves(canaries, settle);
  });

  afterAll(() => api.stop());

  // Every tenant has a user of the same name, and everything of it carries the canary.
  async function settle(canary: string): Promise<Inhabitant> {
    const tenant = await api.tenant(canary, null);
    const serverKey = tenant.serverKey;
    await api.call('PUT', '/v1/users/ada', { token: serverKey, body: { name: canary } });
    const token = await api.token(tenant, 'ada');
    const { body: conversation } = await api.call<ConversationView>('POST', '/v1/conversations', {
      token,
      body: { kind: 'channel', title: canary, metadata: { canary } },
    });
    const { body: sent } = await api.call<SendResult>(
      'POST',
      `/v1/conversations/${conversation.id}/messages`,
      {
        token,
        body: { clientMessageId: 'the-same-everywhere', text: canary },
      },
    );
    return { canary, serverKey, token, conversationId: conversation.id, message: sent.message };
  }

  function neighbourOf(index: number): Inhabitant {
    return tenants[(index + 1) % tenantCount] as Inhabitant;
  }

  it('each sees its own and never a byte of another, however their requests mix', async () => {
    const rounds = tenants
      .flatMap(
        (tenant) =>
          [
            ['GET', '/v1/conversations', tenant.token],
            ['GET', `/v1/conversations/${tenant.conversationId}`, tenant.token],
            ['GET', `/v1/conversations/${tenant.conversationId}/messages`, tenant.token],
            [
              'GET',
              `/v1/conversations/${tenant.conversationId}/messages/${tenant.message.id}`,
              tenant.serverKey,
            ],
            ['GET', '/v1/users', tenant.serverKey],
            ['GET', '/v1/users/ada', tenant.token],
          ] as const,
      )
      .map((request, index) => ({ request, own: tenants[Math.floor(index / 6)]?.canary ?? '' }));
    // Shuffled by a fixed rule, so that neighbours in time are of different tenants.
    const mixed = rounds.map((_, index) => rounds[(index * 37) % rounds.length]);
    const answers = await inWaves(mixed, async (round) => {
      const [method, path, token] = round?.request ?? ['GET', '/', ''];
      return { own: round?.own ?? '', text: (await api.call(method, path, { token })).text };
    });
    for (const { own, text } of answers) {
      const seen = new Set(text.match(/canary-\d+-[0-9a-f-]{36}/g));
      expect([...seen]).toEqual([own]);
    }
  });

  it('S36: what is another tenant’s does not exist, byte for byte', async () => {
    const attempts = tenants.flatMap((tenant, index) => {
      const foreign = neighbourOf(index);
      const at = (conversationId: string, messageId: string) =>
        [
          ['GET', `/v1/conversations/${conversationId}`],
          ['PATCH', `/v1/conversations/${conversationId}`, { title: 'intruder' }],
          ['DELETE', `/v1/conversations/${conversationId}`],
          ['POST', `/v1/conversations/${conversationId}/join`],
          ['GET', `/v1/conversations/${conversationId}/invitations`],
          ['POST', `/v1/conversations/${conversationId}/invitations`, { userId: 'ada' }],
          ['POST', `/v1/invitations/${conversationId}/accept`],
          ['DELETE', `/v1/invitations/${conversationId}`],
          ['GET', `/v1/conversations/${conversationId}/bans`],
          ['POST', `/v1/conversations/${conversationId}/bans`, { userId: 'ada' }],
          ['DELETE', `/v1/conversations/${conversationId}/bans/ada`],
          ['POST', `/v1/conversations/${conversationId}/transfer`, { userId: 'ada' }],
          ['POST', `/v1/conversations/${conversationId}/participants/me/reset-history`],
          ['GET', `/v1/conversations/${conversationId}/messages`],
          ['GET', `/v1/conversations/${conversationId}/messages/${messageId}`],
          ['GET', `/v1/conversations/${conversationId}/messages/${messageId}/thread`],
          ['GET', `/v1/conversations/${conversationId}/messages/${messageId}/revisions`],
          ['PATCH', `/v1/conversations/${conversationId}/messages/${messageId}`, { text: 'intruder' }],
          ['DELETE', `/v1/conversations/${conversationId}/messages/${messageId}`],
          ['PUT', `/v1/conversations/${conversationId}/messages/${messageId}/reactions/a`],
          ['DELETE', `/v1/conversations/${conversationId}/messages/${messageId}/reactions/a`],
          ['GET', `/v1/conversations/${conversationId}/messages/${messageId}/reactions`],
          ['PUT', `/v1/conversations/${conversationId}/messages/${messageId}/pin`],
          ['DELETE', `/v1/conversations/${conversationId}/messages/${messageId}/pin`],
          ['GET', `/v1/conversations/${conversationId}/pins`],
          ['GET', `/v1/messages/${messageId}`],
          ['GET', `/v1/conversations/${conversationId}/participants`],
          ['GET', `/v1/conversations/${conversationId}/messages/${messageId}/readers`],
          ['PATCH', `/v1/conversations/${conversationId}/participants/me`, { pinned: true }],
          ['PUT', `/v1/conversations/${conversationId}/draft`, { text: 'intruder' }],
          ['DELETE', `/v1/conversations/${conversationId}/draft`],
          ['POST', `/v1/conversations/${conversationId}/read`, {}],
          ['POST', `/v1/conversations/${conversationId}/unread`, { seq: 1 }],
          ['POST', `/v1/conversations/${conversationId}/messages`, { text: 'intruder' }],
          ['POST', `/v1/conversations/${conversationId}/participants`, { participants: [{ userId: 'ada' }] }],
          ['DELETE', `/v1/conversations/${conversationId}/participants/ada`],
        ] as const;
      const real = at(foreign.conversationId, foreign.message.id);
      const invented = at(randomUUID(), randomUUID());
      return real.map((request, place) => ({
        token: tenant.token,
        request,
        invented: invented[place] ?? request,
      }));
    });
    const answer = async (token: string, [method, path, body]: readonly [string, string, object?]) => {
      const { status, body: problem } = await api.call(method, path, {
        token,
        ...(body === undefined ? {} : { body }),
      });
      const { requestId: _, ...rest } = problem;
      return { status, rest };
    };
    for (const { token, request, invented } of attempts.slice(0, 240)) {
      const [foreign, missing] = await Promise.all([answer(token, request), answer(token, invented)]);
      expect(foreign).toEqual(missing);
      expect(foreign.status).toBe(404);
    }
  });

  it('a server key of one tenant opens nothing of another', async () => {
    for (const [index, tenant] of tenants.entries()) {
      const foreign = neighbourOf(index);
      const { status } = await api.call('GET', `/v1/conversations/${foreign.conversationId}/messages`, {
        token: tenant.serverKey,
      });
      expect(status).toBe(404);
    }
  });

  it('sync answers nothing of another tenant’s conversations', async () => {
    const [one] = tenants;
    const foreign = neighbourOf(0);
    const heads = await api.call<{ epoch: string }>('GET', '/v1/heads', { token: one?.token ?? '' });
    const { body } = await api.call<{ conversations: unknown[] }>('POST', '/v1/sync', {
      token: one?.token ?? '',
      body: { epoch: heads.body.epoch, cursors: [[foreign.conversationId, 0]] },
    });
    expect(body.conversations).toEqual([
      { conversationId: foreign.conversationId, events: [], head: 0, more: false, left: 0 },
    ]);
  });
});

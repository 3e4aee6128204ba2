import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { OperatorKeys } from '@parley/domain/tenants';
import { RunningApi, type TestTenant } from './running-api';

interface Written {
  id?: string;
  [field: string]: unknown;
}

interface Post {
  /** What the route is called with, in a setting of its own. */
  body: object;
  /** Another body, which is valid too; absent where there is but one. */
  other?: object;
  credentials: 'user' | 'guest' | 'server' | 'operator';
  /** What must be there: linus in the conversation, invited to it, or able to find it. */
  linus?: 'in' | 'invited' | 'passing';
  /** What a second effect would raise. */
  counted?: string;
}

const group = { kind: 'group', title: 'one' };

/** Every POST of the document but those that keep their own key (messages) or only read. */
const posts: Record<string, Post> = {
  '/v1/conversations': {
    body: group,
    other: { ...group, title: 'two' },
    credentials: 'user',
    counted: 'conversation',
  },
  '/v1/conversations/{conversationId}/participants': {
    body: { participants: [{ userId: 'linus' }] },
    other: { participants: [{ userId: 'grace' }] },
    credentials: 'user',
    counted: 'change',
  },
  '/v1/conversations/{conversationId}/read': {
    body: { seq: 2 },
    other: { seq: 1 },
    credentials: 'user',
    counted: 'participant WHERE read_seq = 2',
  },
  '/v1/conversations/{conversationId}/unread': {
    body: { seq: 1 },
    other: { seq: 2 },
    credentials: 'user',
    counted: 'participant WHERE unread_from_seq = 1',
  },
  '/v1/conversations/{conversationId}/transfer': {
    body: { userId: 'linus' },
    credentials: 'user',
    linus: 'in',
    counted: "participant WHERE role = 'owner' AND user_id = 'linus'",
  },
  '/v1/conversations/{conversationId}/participants/me/reset-history': {
    body: {},
    credentials: 'user',
    counted: "change WHERE type = 'history.reset'",
  },
  '/v1/conversations/{conversationId}/bans': {
    body: { userId: 'linus' },
    other: { userId: 'grace' },
    credentials: 'user',
    counted: 'conversation_ban',
  },
  '/v1/conversations/{conversationId}/invitations': {
    body: { userId: 'linus' },
    other: { userId: 'grace' },
    credentials: 'user',
    counted: 'invitation',
  },
  '/v1/invitations/{conversationId}/accept': {
    body: {},
    credentials: 'guest',
    linus: 'invited',
    counted: "participant WHERE user_id = 'linus'",
  },
  '/v1/conversations/{conversationId}/join': {
    body: {},
    credentials: 'guest',
    linus: 'passing',
    counted: "participant WHERE user_id = 'linus'",
  },
  '/v1/conversations/{conversationId}/messages/{messageId}/thread/read': {
    body: { seq: 4 },
    other: { seq: 3 },
    credentials: 'user',
    linus: 'in',
    counted: "thread_follower WHERE user_id = 'ada' AND read_seq = 4",
  },
  '/v1/blocks': {
    body: { userId: 'linus' },
    other: { userId: 'grace' },
    credentials: 'user',
    counted: 'block',
  },
  '/v1/admin/bans': {
    body: { userId: 'linus' },
    other: { userId: 'grace' },
    credentials: 'server',
    counted: 'user_ban',
  },
  '/v1/tokens': {
    body: { userId: 'new' },
    other: { userId: 'other' },
    credentials: 'server',
    counted: 'app_user',
  },
  '/v1/admin/keys': {
    body: { kind: 'server', name: 'a' },
    other: { kind: 'server', name: 'b' },
    credentials: 'server',
    counted: 'server_key',
  },
  '/v1/imports': {
    body: { users: [{ id: 'old' }] },
    other: { users: [{ id: 'older' }] },
    credentials: 'server',
    counted: 'app_user',
  },
  '/v1/operator/tenants': {
    body: { name: 'Acme' },
    other: { name: 'Umbrella' },
    credentials: 'operator',
    counted: 'tenant',
  },
};
const others = ['/v1/conversations/{conversationId}/messages', '/v1/sync'];

describe('Idempotency-Key', () => {
  let api: RunningApi;
  let admin: Client;
  let operatorKey: string;

  beforeAll(async () => {
    api = await RunningApi.start();
    admin = new Client(api.database.adminUrl);
    await admin.connect();
    operatorKey = (await api.app.get(OperatorKeys, { strict: false }).create('test')).secret;
  });

  afterAll(async () => {
    await admin.end();
    await api.stop();
  });

  interface Setting {
    tenant: TestTenant;
    path: string;
    token: string;
  }

  async function settle(template: string, { credentials, linus }: Post): Promise<Setting> {
    const tenant = await api.tenant();
    const [ada, guest] = [await api.token(tenant, 'ada'), await api.token(tenant, 'linus')];
    await api.token(tenant, 'grace');
    const send = async <T = { message: { id: string; seq: number } }>(
      path: string,
      token: string,
      body: object,
    ) => (await api.call<T>('POST', path, { token, body })).body;
    const { id } = await send<{ id: string }>('/v1/conversations', ada, {
      ...group,
      ...(linus === 'passing' ? { visibility: 'tenant' } : {}),
    });
    const conversation = `/v1/conversations/${id}`;
    if (linus === 'in')
      await send(`${conversation}/participants`, ada, { participants: [{ userId: 'linus' }] });
    if (linus === 'invited') await send(`${conversation}/invitations`, ada, { userId: 'linus' });
    const { message } = await send(`${conversation}/messages`, ada, { text: 'hello' });
    const threadRoot = { id: message.id, seq: message.seq };
    if (linus === 'in') await send(`${conversation}/messages`, guest, { text: 'hello too', threadRoot });
    const tokens = { user: ada, guest, server: tenant.serverKey, operator: operatorKey };
    const path = template.replace('{conversationId}', id).replace('{messageId}', message.id);
    return { tenant, path, token: tokens[credentials] };
  }

  async function count(table: string | undefined): Promise<number> {
    const { rows } = await admin.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
    return Number(rows[0]?.count);
  }

  function post({ path, token }: Setting, body: object, key: string) {
    return api.call<Written>('POST', path, { token, body, headers: { 'idempotency-key': key } });
  }

  it('is documented on every POST, and each has its row in this table', async () => {
    const { body } = await api.call<{
      paths: Record<string, { post?: { parameters: { name?: string; $ref?: string }[] } }>;
    }>('GET', '/docs/openapi.json');
    const documented = Object.entries(body.paths).filter(([, { post }]) => post !== undefined);
    expect(documented.map(([path]) => path).sort()).toEqual([...Object.keys(posts), ...others].sort());
    for (const [, { post }] of documented) {
      const names = post?.parameters.map(({ name, $ref }) => name ?? $ref);
      expect(names).toContainEqual(
        expect.stringMatching(/^(Idempotency-Key|#\/components\/parameters\/IdempotencyKey)$/),
      );
    }
  });

  describe.each(Object.entries(posts))('POST %s', (template, entry) => {
    it('has its effect once, and a repeat gets the first answer to the letter', async () => {
      const setting = await settle(template, entry);
      const key = randomUUID();
      const before = await count(entry.counted);
      const first = await post(setting, entry.body, key);
      expect(first.status).toBeLessThan(300);
      expect(await count(entry.counted)).toBe(before + 1);
      const again = await post(setting, entry.body, key);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(await count(entry.counted)).toBe(before + 1);
    });

    const { other } = entry;
    if (other !== undefined) {
      it('refuses another body under the same key, and does nothing of it', async () => {
        const setting = await settle(template, entry);
        const key = randomUUID();
        await post(setting, entry.body, key);
        const before = await count(entry.counted);
        const { status, body } = await post(setting, other, key);
        expect([status, body['code']]).toEqual([409, 'idempotency.key_conflict']);
        expect(await count(entry.counted)).toBe(before);
      });
    }

    it('of several at once one has an effect, and all get its answer', async () => {
      const setting = await settle(template, entry);
      const key = randomUUID();
      const before = await count(entry.counted);
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(setting, entry.body, key)));
      expect(await count(entry.counted)).toBe(before + 1);
      const texts = new Set(answers.map(({ status, text }) => `${status} ${text}`));
      expect(texts.size).toBe(1);
      expect([...texts][0]).toMatch(/^20[01] /);
    });

    it('refuses a key of another form', async () => {
      const setting = await settle(template, entry);
      const { status, body } = await post(setting, entry.body, 'short');
      expect([status, body['code']]).toEqual([400, 'request.invalid']);
    });
  });

  it('remembers no failure: the same key works once the cause is gone', async () => {
    const tenant = await api.tenant();
    const setting = { tenant, path: '/v1/conversations', token: await api.token(tenant, 'ada') };
    const key = randomUUID();
    const body = { kind: 'direct', participants: [{ userId: 'late' }] };
    expect((await post(setting, body, key)).status).toBe(400);
    await api.token(tenant, 'late');
    expect((await post(setting, body, key)).status).toBe(201);
  });

  it('belongs to one caller: the same key of another user or tenant is another request', async () => {
    const [one, two] = [await api.tenant(), await api.tenant()];
    const key = randomUUID();
    const ids = [];
    for (const tenant of [one, two])
      for (const userId of ['ada', 'grace']) {
        const setting = { tenant, path: '/v1/conversations', token: await api.token(tenant, userId) };
        ids.push((await post(setting, group, key)).body.id);
      }
    expect(new Set(ids).size).toBe(4);
  });

  it('S39: keeps no secret of an answer in the clear', async () => {
    const tenant = await api.tenant();
    const setting = { tenant, path: '/v1/admin/keys', token: tenant.serverKey };
    const { body } = await post(setting, { kind: 'server', name: 'a' }, randomUUID());
    const { rows } = await admin.query<{ answer: Buffer }>(
      'SELECT answer FROM idempotency_key WHERE tenant_id = $1',
      [tenant.id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.answer.includes(String(body['secret']))).toBe(false);
  });

  it('gives a tenant its keys when the first request failed halfway, and never makes two of it', async () => {
    const setting = { path: '/v1/operator/tenants', token: operatorKey } as Setting;
    const key = randomUUID();
    const { body } = await post(setting, { name: 'Acme' }, key);
    const id = String(body.id);
    await admin.query('DELETE FROM idempotency_key WHERE tenant_id = $1', [id]);
    expect((await post(setting, { name: 'Acme' }, key)).body['code']).toBe('idempotency.key_conflict');
    await admin.query('DELETE FROM server_key WHERE tenant_id = $1', [id]);
    const mended = await post(setting, { name: 'Acme' }, key);
    expect([mended.status, mended.body.id]).toEqual([201, id]);
  });

  it('is ignored where a POST only reads', async () => {
    const tenant = await api.tenant();
    const token = await api.token(tenant, 'ada');
    const heads = await api.call<{ epoch: string }>('GET', '/v1/heads', { token });
    const setting = { tenant, path: '/v1/sync', token };
    for (const cursors of [[], [[randomUUID(), 0]]]) {
      const { status } = await post(setting, { epoch: heads.body.epoch, cursors }, 'the-same-key');
      expect(status).toBe(200);
    }
  });
});

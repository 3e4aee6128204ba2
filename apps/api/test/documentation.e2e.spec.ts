import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import type {
  ConversationView,
  CreatedKeyView,
  HeadsResult,
  SendResult,
  TenantView,
} from '@parley/contracts/wire';
import { OperatorKeys } from '@parley/domain/tenants';
import { RunningApi, type TestTenant } from './running-api';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

describe('the documentation', () => {
  let api: RunningApi;
  let tenant: TestTenant;
  let document: OpenApi;
  let ajv: Ajv2020;
  const called = new Set<string>();

  beforeAll(async () => {
    api = await RunningApi.start();
    tenant = await api.tenant();
    document = (await api.call<OpenApi>('GET', '/docs/openapi.json')).body;
    ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
  });

  afterAll(() => api.stop());

  it('is served, to read and to try, without anything from elsewhere', async () => {
    const page = await api.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/(src|href)=["']https?:/);
    const assets = [...page.text.matchAll(/(?:src|href)=["']\.\/([^"']+)["']/g)].map(
      ([, path]) => path ?? '',
    );
    expect(assets.length).toBeGreaterThan(3);
    for (const path of assets) expect((await api.call('GET', `/${path}`)).status).toBe(200);
    expect(document.openapi).toBe('3.1.0');
  });

  /** Calls a route and checks the answer against what the document says of it. */
  async function call<T>(
    method: string,
    template: string,
    path: string,
    token: string,
    body?: unknown,
  ): Promise<T> {
    const answer = await api.call<T>(method, path, { token, ...(body === undefined ? {} : { body }) });
    const operation = document.paths[template]?.[method.toLowerCase()];
    expect(Object.keys(operation?.responses ?? {})).toContain(String(answer.status));
    expect(answer.status).toBeLessThan(400);
    called.add(operation?.operationId ?? '');
    if (answer.status === 204 || answer.status === 307) return answer.body;
    const pointer = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      String(answer.status),
      'content',
      'application/json',
      'schema',
    ]
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
    const check = ajv.getSchema(`api#/${pointer}`) as ValidateFunction;
    expect({ valid: check(answer.body), errors: check.errors }).toEqual({ valid: true, errors: null });
    return answer.body;
  }

  it('is true: every route answers as it says', async () => {
    const key = tenant.serverKey;
    await call('PUT', '/v1/users/{userId}', '/v1/users/grace', key, { name: 'Grace' });
    const { token } = await call<{ token: string }>('POST', '/v1/tokens', '/v1/tokens', key, {
      userId: 'ada',
      name: 'Ada',
    });
    await call('GET', '/v1/users', '/v1/users?prefix=a', key);
    await call('POST', '/v1/blocks', '/v1/blocks', token, { userId: 'grace' });
    await call('GET', '/v1/blocks', '/v1/blocks', token);
    await call('DELETE', '/v1/blocks/{userId}', '/v1/blocks/grace', token);
    await call('GET', '/v1/limits', '/v1/limits', token);
    await call('GET', '/v1/admin/settings', '/v1/admin/settings', key);
    await call('PATCH', '/v1/admin/settings', '/v1/admin/settings', key, {
      limits: {},
      messages: { editWindowMinutes: 60 },
    });
    await call('GET', '/v1/admin/audit-entries', '/v1/admin/audit-entries?action=settings.update', key);
    await call('GET', '/v1/users/{userId}', '/v1/users/me', token);
    await call('PATCH', '/v1/users/me', '/v1/users/me', token, { name: 'Ada Lovelace' });
    await call('GET', '/v1/me', '/v1/me', token);
    await call('GET', '/v1/me', '/v1/me', key);
    const { id } = await call<ConversationView>('POST', '/v1/conversations', '/v1/conversations', token, {
      kind: 'group',
      distinct: true,
      participants: [{ userId: 'grace' }],
      subject: { type: 'order', id: '1' },
    });
    await call('POST', '/v1/conversations', '/v1/conversations', token, {
      kind: 'group',
      distinct: true,
      participants: [{ userId: 'grace' }],
      subject: { type: 'order', id: '1' },
    });
    await call('GET', '/v1/conversations', '/v1/conversations?kind=group', token);
    const C = '/v1/conversations/{conversationId}';
    const path = `/v1/conversations/${id}`;
    await call('GET', C, path, token);
    await call('PATCH', C, path, token, { title: 'Launch', settings: { slowModeSeconds: 0 } });
    await call('PUT', '/v1/users/{userId}', '/v1/users/linus', key, {});
    await call('POST', `${C}/participants`, `${path}/participants`, token, {
      participants: [{ userId: 'linus' }],
    });
    await call('GET', `${C}/participants`, `${path}/participants?limit=2`, token);
    await call('PATCH', `${C}/participants/{userId}`, `${path}/participants/grace`, token, { role: 'admin' });
    const I = `${C}/invitations`;
    const invite = () => call('POST', I, `${path}/invitations`, key, { userId: 'mia' });
    await call('PUT', '/v1/users/{userId}', '/v1/users/mia', key, {});
    const mia = (await call<{ token: string }>('POST', '/v1/tokens', '/v1/tokens', key, { userId: 'mia' }))
      .token;
    await invite();
    await call('GET', I, `${path}/invitations`, token);
    await call('GET', '/v1/invitations', '/v1/invitations', mia);
    await call('DELETE', '/v1/invitations/{conversationId}', `/v1/invitations/${id}`, mia);
    await invite();
    await call('DELETE', `${I}/{userId}`, `${path}/invitations/mia`, key);
    await invite();
    await call('POST', '/v1/invitations/{conversationId}/accept', `/v1/invitations/${id}/accept`, mia);
    await call('PATCH', C, path, token, { visibility: 'tenant' });
    await call('GET', '/v1/channels', '/v1/channels?q=launch', mia);
    await call('POST', `${C}/join`, `${path}/join`, mia);
    await call('POST', `${C}/bans`, `${path}/bans`, token, { userId: 'linus', reason: 'spam' });
    await call('GET', `${C}/bans`, `${path}/bans`, token);
    await call('DELETE', `${C}/bans/{userId}`, `${path}/bans/linus`, token);
    await call('POST', '/v1/admin/bans', '/v1/admin/bans', key, {
      userId: 'linus',
      until: '2990-01-01T00:00:00Z',
    });
    await call('GET', '/v1/admin/bans', '/v1/admin/bans', key);
    await call('DELETE', '/v1/admin/bans/{userId}', '/v1/admin/bans/linus', key);
    await call('POST', `${C}/participants`, `${path}/participants`, token, {
      participants: [{ userId: 'linus' }],
    });
    await call('POST', `${C}/transfer`, `${path}/transfer`, token, { userId: 'linus' });
    await call('POST', `${C}/transfer`, `${path}/transfer`, key, { userId: 'ada' });
    await call('POST', `${C}/participants/me/reset-history`, `${path}/participants/me/reset-history`, token);
    await call('DELETE', `${C}/participants/{userId}`, `${path}/participants/linus`, token);
    const gone = await call<ConversationView>('POST', '/v1/conversations', '/v1/conversations', token, {
      kind: 'group',
    });
    await call('DELETE', C, `/v1/conversations/${gone.id}`, token);
    const { message } = await call<SendResult>('POST', `${C}/messages`, `${path}/messages`, token, {
      text: 'root',
    });
    const threadRoot = { id: message.id, seq: message.seq };
    await call('POST', `${C}/messages`, `${path}/messages`, token, {
      text: 'reply',
      threadRoot,
      replyTo: threadRoot,
      mentions: [{ userId: 'grace' }],
      metadata: { a: 1 },
    });
    await call('GET', `${C}/messages`, `${path}/messages?around=2`, token);
    await call('GET', `${C}/messages/{messageId}`, `${path}/messages/${message.id}`, token);
    await call('GET', `${C}/messages/{messageId}/thread`, `${path}/messages/${message.id}/thread`, token);
    const thread = `${path}/messages/${message.id}/thread`;
    const inThread = `${C}/messages/{messageId}/thread`;
    await call('GET', `${inThread}/participants`, `${thread}/participants`, token);
    await call('PUT', `${inThread}/following`, `${thread}/following`, token);
    await call('POST', `${inThread}/read`, `${thread}/read`, token, {});
    await call('GET', '/v1/threads', '/v1/threads', token);
    await call('GET', `${C}/threads`, `${path}/threads`, token);
    await call('DELETE', `${inThread}/following`, `${thread}/following`, token);
    await call('GET', '/v1/presence', '/v1/presence?userId=grace', token);
    await call('PUT', '/v1/presence', '/v1/presence', token, { status: 'away' });
    await call('PATCH', `${C}/participants/me`, `${path}/participants/me`, token, { pinned: true });
    await call('GET', '/v1/conversations', '/v1/conversations?pinned=true&unread=false', token);
    await call('POST', `${C}/read`, `${path}/read`, token, {});
    await call('POST', `${C}/unread`, `${path}/unread`, token, { seq: message.seq });
    await call('GET', `${C}/messages/{messageId}/readers`, `${path}/messages/${message.id}/readers`, token);
    await call('PUT', `${C}/draft`, `${path}/draft`, token, { text: 'Dear' });
    await call('GET', '/v1/drafts', '/v1/drafts', token);
    await call('DELETE', `${C}/draft`, `${path}/draft`, token);
    await call('GET', '/v1/unread', '/v1/unread', token);
    const M = `${C}/messages/{messageId}`;
    await call('PATCH', M, `${path}/messages/${message.id}`, token, { text: 'the root', version: 1 });
    await call('GET', `${M}/revisions`, `${path}/messages/${message.id}/revisions?limit=1`, token);
    const R = `${M}/reactions`;
    const thumb = encodeURIComponent('👍🏽');
    await call('PUT', `${R}/{key}`, `${path}/messages/${message.id}/reactions/${thumb}`, token);
    await call('GET', R, `${path}/messages/${message.id}/reactions?key=${thumb}`, token);
    await call('GET', M, `${path}/messages/${message.id}`, token);
    await call('DELETE', `${R}/{key}`, `${path}/messages/${message.id}/reactions/${thumb}`, token);
    await call('PUT', `${M}/pin`, `${path}/messages/${message.id}/pin`, token);
    await call('GET', `${C}/pins`, `${path}/pins`, token);
    await call('DELETE', `${M}/pin`, `${path}/messages/${message.id}/pin`, token);
    await call('GET', '/v1/messages/{messageId}', `/v1/messages/${message.id}`, token);
    await call('DELETE', M, `${path}/messages/${message.id}`, token);
    const { epoch } = await call<HeadsResult>('GET', '/v1/heads', '/v1/heads', token);
    await call('POST', '/v1/sync', '/v1/sync', token, { epoch, cursors: [[id, 0]] });
    await call('GET', '/v1/messages/search', '/v1/messages/search?q=reply', token);
    const created = await call<CreatedKeyView>('POST', '/v1/admin/keys', '/v1/admin/keys', key, {
      kind: 'server',
      name: 'x',
    });
    await call('GET', '/v1/admin/keys', '/v1/admin/keys', key);
    await call('DELETE', '/v1/admin/keys/{keyId}', `/v1/admin/keys/${created.id}`, key);
    await call('POST', '/v1/imports', '/v1/imports', key, {
      users: [{ id: 'old' }],
      conversations: [{ key: 'general', kind: 'channel', participants: ['old'] }],
      messages: [
        {
          conversationKey: 'general',
          sender: 'old',
          clientMessageId: 'old.general.1',
          text: 'a',
          at: '2020-01-01T00:00:00Z',
        },
      ],
    });
    const operator = (await api.app.get(OperatorKeys, { strict: false }).create('docs')).secret;
    const T = '/v1/operator/tenants';
    const made = await call<TenantView>('POST', T, T, operator, { name: 'Acme' });
    await call('GET', T, `${T}?limit=1`, operator);
    await call('GET', `${T}/{tenantId}`, `${T}/${made.id}`, operator);
    await call('PATCH', `${T}/{tenantId}`, `${T}/${made.id}`, operator, { status: 'suspended' });
    await call('DELETE', '/v1/users/{userId}/tokens', '/v1/users/ada/tokens', key);
    await call('GET', '/health', '/health', key);
    const documented = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect([...called].sort()).toEqual(documented.sort());
  });

  it('describes problems as they are', async () => {
    const { body } = await api.call('GET', '/v1/users/nobody', { token: tenant.serverKey });
    const check = ajv.getSchema('api#/components/schemas/Problem') as ValidateFunction;
    expect({ valid: check(body), errors: check.errors }).toEqual({ valid: true, errors: null });
  });
});

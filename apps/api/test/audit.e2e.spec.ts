import type { AuditEntryView, CreatedKeyView, Page } from '@parley/contracts/wire';
import { RunningApi, type TestTenant } from './running-api';

describe('GET /v1/admin/audit-entries', () => {
  let api: RunningApi;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await RunningApi.start();
  });
  beforeEach(async () => {
    tenant = await api.tenant();
  });
  afterAll(() => api.stop());

  async function entries(query = ''): Promise<AuditEntryView[]> {
    const path = `/v1/admin/audit-entries${query}`;
    const { body } = await api.call<Page<AuditEntryView>>('GET', path, { token: tenant.serverKey });
    return body.data;
  }
  const asKey = (method: string, path: string, body?: unknown) =>
    api.call<CreatedKeyView>(method, path, {
      token: tenant.serverKey,
      ...(body === undefined ? {} : { body }),
    });

  it('tells of settings, keys, ended tokens and roles, each with the key that did it', async () => {
    await asKey('PATCH', '/v1/admin/settings', { messages: { editWindowMinutes: 5 } });
    const { body: key } = await asKey('POST', '/v1/admin/keys', {
      kind: 'server',
      name: 'b',
      scopes: ['users'],
    });
    await asKey('DELETE', `/v1/admin/keys/${key.id}`);
    await asKey('DELETE', `/v1/admin/keys/${key.id}`);
    await asKey('PUT', '/v1/users/ada', { name: 'Ada' });
    await asKey('PUT', '/v1/users/ada', { role: 'admin' });
    await asKey('PUT', '/v1/users/ada', { role: 'admin', deactivated: true });
    await asKey('PUT', '/v1/users/ada', { deactivated: false });
    await asKey('DELETE', '/v1/users/ada/tokens', {});
    const told = (await entries()).reverse();
    expect(told.map(({ action, target, details }) => [action, target, details]).slice(1)).toEqual([
      ['settings.update', null, { features: {}, limits: {}, messages: { editWindowMinutes: 5 }, users: {} }],
      ['key.create', key.id, { kind: 'server', name: 'b', scopes: ['users'] }],
      ['key.revoke', key.id, {}],
      ['user.set_role', 'ada', { role: 'admin', before: 'member' }],
      ['user.deactivate', 'ada', {}],
      ['user.reactivate', 'ada', {}],
      ['token.revoke', 'ada', { before: expect.any(String) as string }],
    ]);
    expect(JSON.stringify(told)).not.toContain(key.secret);
    expect(new Set(told.slice(1).map(({ actor }) => actor.userId))).toEqual(new Set([null]));
  });

  it('is for admins and for keys with the scope; signing oneself out everywhere is nobody else’s affair', async () => {
    await asKey('PUT', '/v1/users/ada', { role: 'admin' });
    const [ada, ben] = [await api.token(tenant, 'ada'), await api.token(tenant, 'ben')];
    const list = (token: string) => api.call('GET', '/v1/admin/audit-entries', { token });
    expect((await list(ada)).status).toBe(200);
    expect((await list(ben)).body.code).toBe('permission.denied');
    const { body: key } = await asKey('POST', '/v1/admin/keys', {
      kind: 'server',
      name: 'b',
      scopes: ['users'],
    });
    expect((await list(key.secret ?? '')).body.code).toBe('scope.missing');
    expect((await api.call('DELETE', '/v1/users/me/tokens', { token: ben, body: {} })).status).toBe(204);
    expect(await entries('?action=token.revoke')).toEqual([]);
  });
});

import { keyScopes, type KeyScope, type SecretKeyView } from '@parley/contracts/wire';
import { controllers } from '../src/controllers';
import { routesOf, type Route } from '../src/openapi/routes';
import { RunningApi, type TestTenant } from './running-api';

const routes = routesOf(controllers).filter((route) => !route.public && !route.forOperators);
const scoped = routes.filter(({ operation }) => operation?.scope !== undefined);

/** Routes that every key may call: they tell it about itself. */
const scopeless = ['getMe', 'getLimits'];
/** Everybody in a tenant may see its users, and so may a key that acts for one. */
const openWhenActing = ['listUsers', 'getUser'];

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

describe('S12, S42: the scopes of server keys', () => {
  let api: RunningApi;
  let tenant: TestTenant;
  let values: Record<string, string>;
  const keysWithout = new Map<KeyScope, string>();

  beforeAll(async () => {
    api = await RunningApi.start();
    tenant = await api.tenant();
    const token = await api.token(tenant, 'ada');
    await api.token(tenant, 'grace');
    const body = { kind: 'group', participants: [{ userId: 'grace' }] };
    const made = await api.call<{ id: string }>('POST', '/v1/conversations', { token, body });
    const conversationId = made.body.id;
    const sent = await api.call<{ message: { id: string } }>(
      'POST',
      `/v1/conversations/${conversationId}/messages`,
      {
        token,
        body: { text: 'hello' },
      },
    );
    values = { conversationId, messageId: sent.body.message.id, userId: 'grace', key: '👍' };
    for (const scope of keyScopes)
      keysWithout.set(scope, await newKey(keyScopes.filter((other) => other !== scope)));
  });

  afterAll(() => api.stop());

  async function newKey(scopes: readonly KeyScope[]): Promise<string> {
    const { body } = await api.call<SecretKeyView>('POST', '/v1/admin/keys', {
      token: tenant.serverKey,
      body: { kind: 'server', name: scopes.join(), scopes },
    });
    return body.secret;
  }

  /** The code of the answer; undefined when it was no refusal. */
  async function codeOf(
    { method, path, operation }: Route,
    token: string,
    actAs?: string,
  ): Promise<string | undefined> {
    const url = path.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(values[name] ?? crypto.randomUUID()),
    );
    const query = operation?.id === 'searchMessages' ? '?q=hello' : '';
    const { status, body } = await api.call<{ code: string } | undefined>(method, `${url}${query}`, {
      token,
      ...(operation?.example === undefined ? {} : { body: operation.example }),
      headers: actAs === undefined ? {} : { 'parley-act-as': actAs },
    });
    return status < 400 ? undefined : body?.code;
  }

  it('every route names one, but those that tell a key about itself', () => {
    const without = routes.filter(({ operation }) => operation?.scope === undefined);
    expect(without.map(({ operation }) => operation?.id).sort()).toEqual([...scopeless].sort());
  });

  it.each(scoped.map((route) => [nameOf(route), route] as const))(
    '%s is refused without its scope',
    async (_, route) => {
      const scope = route.operation?.scope as KeyScope;
      const key = keysWithout.get(scope) ?? '';
      const acting = await codeOf(route, key, 'ada');
      if (openWhenActing.includes(route.operation?.id ?? '')) expect(acting).not.toBe('scope.missing');
      else expect(acting).toBe('scope.missing');
      // Without a user, some miss that first.
      expect(['scope.missing', 'actor.required']).toContain(await codeOf(route, key));
    },
  );

  it.each(scoped.map((route) => [nameOf(route), route] as const))(
    '%s needs no other scope',
    async (_, route) => {
      const scope = route.operation?.scope as KeyScope;
      // Keys of the one scope alone; each route is tried with it at the end, for some change what others need.
      const key = await newKey([scope]);
      expect(await codeOf(route, key, 'ada')).not.toBe('scope.missing');
    },
  );

  it('a user’s token opens no route of server keys alone, whatever the role', async () => {
    await api.call('PUT', '/v1/users/root', { token: tenant.serverKey, body: { role: 'admin' } });
    const admin = await api.token(tenant, 'root');
    for (const route of scoped.filter(({ operation }) =>
      ['keys', 'limits', 'tokens', 'imports'].includes(operation?.scope ?? ''),
    ))
      expect([nameOf(route), await codeOf(route, admin)]).toEqual([nameOf(route), 'permission.denied']);
  });

  it('Parley-Act-As: a key acts with its user’s rights, and for nobody who does not exist or is shut out', async () => {
    const headers = (userId: string) => ({ 'parley-act-as': encodeURIComponent(userId) });
    const token = await api.token(tenant, 'ada');
    // Of its own: the routes that were tried delete conversations too.
    const made = await api.call<{ id: string }>('POST', '/v1/conversations', {
      token,
      body: { kind: 'group' },
    });
    const path = `/v1/conversations/${made.body.id}`;
    const as = (userId: string) =>
      api.call('GET', path, { token: tenant.serverKey, headers: headers(userId) });
    expect((await as('ada')).status).toBe(200);
    await api.token(tenant, 'stranger');
    expect((await as('stranger')).body).toMatchObject({ code: 'conversation.not_found' });
    expect((await as('nobody')).body).toMatchObject({ code: 'user.not_found' });
    await api.call('PUT', '/v1/users/gone', { token: tenant.serverKey, body: { deactivated: true } });
    expect((await as('gone')).body).toMatchObject({ code: 'user.deactivated' });
    const user = await api.token(tenant, 'ada');
    expect((await api.call('GET', path, { token: user, headers: headers('grace') })).body).toMatchObject({
      code: 'request.invalid',
    });
  });
});

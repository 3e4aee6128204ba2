import { RunningApi } from '../running-api';
import { Cast, roles, type Role } from './cast';
import { rows } from './rows';
import { makeScene, type Scene } from './scene';

interface Operation {
  /** Empty: for everybody, without a credential. */
  security?: unknown[];
}

describe('S12: who may do what over REST', () => {
  let api: RunningApi;
  let cast: Cast;

  beforeAll(async () => {
    // Every row comes from an address of its own: too many failed logins of one are refused (F7).
    api = await RunningApi.start({ TRUSTED_PROXIES: '1' });
    cast = await Cast.of(api);
  }, 60_000);
  afterAll(() => api.stop());

  it('every documented route has its row, and every row its route', async () => {
    const { body } = await api.call<{ paths: Record<string, Record<string, Operation>> }>(
      'GET',
      '/docs/openapi.json',
    );
    const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { security }]) => security?.length !== 0)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(rows).sort()).toEqual(documented.sort());
  });

  it.each(Object.keys(rows))('%s', async (route) => {
    const [method = ''] = route.split(' ');
    const headers = { 'x-forwarded-for': `10.0.0.${Object.keys(rows).indexOf(route)}` };
    const outcomes = {} as Record<Role, string>;
    let scene: Scene | undefined;
    for (const role of roles) {
      scene ??= await makeScene(api, cast);
      const { path, body } = rows[route]!.request(scene);
      const token = cast.credentials[role];
      const { status, body: answer } = await api.call(method, path, {
        ...(token === undefined ? {} : { token }),
        body,
        headers,
      });
      outcomes[role] = status < 400 ? 'ok' : (answer.code ?? String(status));
      // What was done is done: the next one begins anew.
      if (status < 400 && method !== 'GET') scene = undefined;
    }
    expect(outcomes).toEqual(rows[route]?.outcomes);
  });
});

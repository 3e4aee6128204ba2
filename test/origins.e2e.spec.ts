import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { testDatabase, testRedis, waitFor, type TestDatabase } from '@parley/testing';
import type { SettingsView } from '@parley/contracts/wire';
import { RunningApi, type TestTenant } from '../apps/api/test/running-api';
import { RunningGateways } from '../apps/gateway/test/running-gateways';

const operators = 'https://operator.example';
const own = 'https://own.example';

// An api and a gateway on one database: a page is allowed by both, or by neither.
describe('S1: web origins', () => {
  let database: TestDatabase;
  let api: RunningApi;
  let gateways: RunningGateways;
  let withList: TestTenant;
  let without: TestTenant;

  beforeAll(async () => {
    database = await testDatabase();
    const redis = await testRedis();
    const environment = {
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      REDIS_URL: redis.url,
      REDIS_CHANNEL_PREFIX: redis.prefix,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      CORS_ORIGIN: `${operators},https://*.operator.example`,
    };
    api = await RunningApi.start(environment);
    gateways = await RunningGateways.start(1, environment);
    withList = await api.tenant();
    without = await api.tenant();
    await setOrigins(withList, [own, 'https://*.own.example']);
  });

  afterAll(async () => {
    await gateways.stop();
    await api.stop();
    await database.drop();
  });

  const setOrigins = ({ serverKey: token }: TestTenant, origins: unknown) =>
    api.call<SettingsView>('PATCH', '/v1/admin/settings', { token, body: { origins } });

  async function overRest(tenant: TestTenant, origin: string): Promise<string> {
    const token = await api.token(tenant, 'ada');
    const { status, body } = await api.call('GET', '/v1/me', { token, headers: { origin } });
    return status === 200 ? 'ok' : body.code;
  }

  async function overSocketIo(tenant: TestTenant, origin: string): Promise<string> {
    const token = await api.token(tenant, 'ada');
    const options = { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true };
    const socket = io(gateways.url(), { ...options, extraHeaders: { origin } });
    try {
      return await new Promise((resolve) => {
        socket.on('ready', () => resolve('ok'));
        socket.on('connect_error', (error) =>
          resolve((error as Error & { data?: { code: string } }).data?.code ?? 'handshake refused'),
        );
      });
    } finally {
      socket.disconnect();
    }
  }

  async function overWebSocket(tenant: TestTenant, origin: string): Promise<string> {
    const token = await api.token(tenant, 'ada');
    const socket = new WebSocket(`${gateways.url().replace('http', 'ws')}/ws`, { headers: { origin } });
    const refused = once(socket, 'error').then(() => 'handshake refused');
    const answered = once(socket, 'open').then(async () => {
      socket.send(JSON.stringify({ id: '1', type: 'auth', data: { token } }));
      const [frame] = (await once(socket, 'message')) as [Buffer];
      const answer = JSON.parse(frame.toString()) as { ok: boolean; error?: { code: string } };
      return answer.ok ? 'ok' : (answer.error?.code ?? '');
    });
    const outcome = await Promise.race([refused, answered]);
    socket.on('error', () => undefined);
    socket.terminate();
    return outcome;
  }

  const all = (tenant: TestTenant, origin: string): Promise<string[]> =>
    Promise.all([overRest(tenant, origin), overSocketIo(tenant, origin), overWebSocket(tenant, origin)]);
  const allowed = ['ok', 'ok', 'ok'];
  const ofAnother = ['origin.refused', 'origin.refused', 'origin.refused'];
  const ofNobody = ['origin.refused', 'handshake refused', 'handshake refused'];

  it('a tenant without a list has the installation’s', async () => {
    expect(await all(without, operators)).toEqual(allowed);
    expect(await all(without, 'https://a.operator.example')).toEqual(allowed);
    expect(await all(without, own)).toEqual(ofAnother);
  });

  it('a tenant’s own list replaces it', async () => {
    expect(await all(withList, own)).toEqual(allowed);
    expect(await all(withList, 'https://shop-1.own.example')).toEqual(allowed);
    expect(await all(withList, operators)).toEqual(ofAnother);
  });

  it.each([
    'https://evil.example',
    'null',
    'http://own.example',
    'https://own.example:8443',
    'https://own.example.evil.io',
    'https://evilown.example',
    'https://a.b.own.example',
    'https://*.own.example',
  ])('nobody lists %s', async (origin) => {
    expect(await all(withList, origin)).toEqual(ofNobody);
  });

  it('native clients and back ends send none and need none', async () => {
    const token = await api.token(withList, 'ada');
    expect((await api.call('GET', '/v1/me', { token })).status).toBe(200);
    const socket = gateways.open({ token });
    await socket.ready();
  });

  it('a page of the api’s own address may call', async () => {
    expect(await overRest(withList, api.url)).toBe('ok');
  });

  it('a preflight is answered where some tenant lists the origin, and every answer can be read there', async () => {
    const preflight = (origin: string) =>
      api.call('OPTIONS', '/v1/me', { headers: { origin, 'access-control-request-method': 'POST' } });
    for (const origin of [operators, own, 'https://shop-1.own.example'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
    for (const origin of ['https://evil.example', 'null', 'https://own.example.evil.io'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    const refused = await api.call('GET', '/v1/me', { headers: { origin: own } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, own]);
    expect(refused.headers.get('vary')).toContain('Origin');
    expect(refused.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('a list that is changed holds within seconds; an empty one lets no page in, null brings the installation’s back', async () => {
    const tenant = await api.tenant();
    const seconds = { timeoutMs: 9_000, message: 'the new list' };
    const becomes = (origin: string, outcome: string[]): Promise<unknown> =>
      waitFor(async () => JSON.stringify(await all(tenant, origin)) === JSON.stringify(outcome), seconds);
    expect(await all(tenant, operators)).toEqual(allowed);
    expect((await setOrigins(tenant, [])).body.origins).toEqual([]);
    await becomes(operators, ofAnother);
    expect((await setOrigins(tenant, null)).body.origins).toBeNull();
    await becomes(operators, allowed);
    const { body } = await setOrigins(tenant, ['https://new.example']);
    expect(body.origins).toEqual(['https://new.example']);
    await becomes('https://new.example', allowed);
  }, 40_000);

  it.each([
    [['*']],
    [['null']],
    [['https://*.com']],
    [['https://a.example/path']],
    [[5]],
    ['https://a.example'],
    [Array.from({ length: 51 }, (_, index) => `https://a${index}.example`)],
    [['https://a.example', 'https://a.example']],
  ])('%j is no list', async (origins) => {
    const answer = await setOrigins(withList, origins);
    expect([answer.status, (answer.body as unknown as { code: string }).code]).toEqual([
      400,
      'request.invalid',
    ]);
    expect(await overRest(withList, own)).toBe('ok');
  });
});

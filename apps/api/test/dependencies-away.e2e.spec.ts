import { setTimeout as delay } from 'node:timers/promises';
import { OwnPostgres, freePort, waitFor } from '@parley/testing';
import { RunningApi, type TestTenant } from './running-api';

describe('the api while something that it depends on is away', () => {
  let postgres: OwnPostgres;
  let api: RunningApi;
  let tenant: TestTenant;
  let token: string;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    api = await RunningApi.start({
      DATABASE_URL: postgres.appUrl,
      DATABASE_SYSTEM_URL: postgres.systemUrl,
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    });
    tenant = await api.tenant();
    token = await api.token(tenant, 'ann');
  }, 60_000);
  afterAll(async () => {
    await api.stop();
    await postgres.remove();
  });

  async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; ms: number }> {
    const startedAt = performance.now();
    const { status } = await api.call(method, path, { token, ...(body === undefined ? {} : { body }) });
    return { status, ms: performance.now() - startedAt };
  }

  it('F1: starts and serves while Redis is down', async () => {
    expect(await ask('GET', '/v1/me')).toMatchObject({ status: 200 });
    expect(await ask('POST', '/v1/conversations', { kind: 'group', participants: [] })).toMatchObject({
      status: 201,
    });
  });

  it('F8: without PostgreSQL every request is answered within 3 s, retryable, and soon after it is back well', async () => {
    await postgres.stop();
    const asking: Promise<{ status: number; ms: number }>[] = [];
    for (let count = 0; count < 12; count += 1) {
      asking.push(ask('GET', '/v1/me'), ask('GET', '/v1/conversations'));
      asking.push(ask('POST', '/v1/conversations', { kind: 'group', participants: [] }));
      await delay(400);
    }
    const answers = await Promise.all(asking);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000);
    await postgres.startAgain();
    await waitFor(async () => (await ask('GET', '/v1/conversations')).status === 200);
  }, 60_000);

  it('F8: a PostgreSQL that is frozen is no different: every request is answered within 3 s, retryable', async () => {
    const body = { kind: 'group', participants: [] };
    const created = await api.call<{ id: string }>('POST', '/v1/conversations', { token, body });
    const messages = `/v1/conversations/${created.body.id}/messages`;
    postgres.freeze();
    try {
      const asking: Promise<{ status: number; ms: number }>[] = [];
      for (let count = 0; count < 12; count += 1) {
        asking.push(ask('GET', messages), ask('GET', '/v1/conversations'));
        asking.push(
          ask('POST', messages, { text: `number ${count}` }),
          ask('POST', '/v1/conversations', body),
        );
        await delay(400);
      }
      const answers = await Promise.all(asking);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000);
    } finally {
      postgres.thaw();
    }
    await waitFor(async () => (await ask('GET', '/v1/conversations')).status === 200);
    await waitFor(async () => (await ask('POST', messages, { text: 'again' })).status === 201);
  }, 60_000);
});

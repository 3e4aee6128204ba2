import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { TenantService } from '@parley/domain/tenants';
import { mintToken } from '@parley/platform/auth';
import { Publisher } from '@parley/platform/realtime';
import { waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

describe('auth.refresh', () => {
  let gateways: RunningGateways;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
  });
  afterAll(() => gateways.stop());

  async function connect(ttlSeconds: number) {
    const socket = gateways.open({ token: await gateways.token('ann', ttlSeconds) });
    await socket.ready();
    return socket;
  }

  it('S3: a connection ends with its token, and goes on under a newer one', async () => {
    const [refreshed, left] = [await connect(3), await connect(3)];
    const answer = await refreshed.ask('auth.refresh', { token: await gateways.token('ann', 60) });
    expect(answer).toMatchObject({ ok: true, data: { expiresAt: expect.any(String) as string } });
    await waitFor(() => left.closeCode !== undefined, { timeoutMs: 6_000 });
    expect(left.closeCode).toBe(4501);
    expect(await refreshed.ask('ping', {})).toMatchObject({ ok: true });
    expect(refreshed.closeCode).toBeUndefined();
  });

  it('answers the same token again alike', async () => {
    const socket = await connect(60);
    const token = await gateways.token('ann', 120);
    const answers = [
      await socket.ask('auth.refresh', { token }),
      await socket.ask('auth.refresh', { token }),
    ];
    expect(answers[0]).toMatchObject({ ok: true });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('S3: what is refused changes nothing', async () => {
    const other = await gateways.service(TenantService).create('another tenant');
    const { kid, secret } = other.signingKey;
    const key = { tenantId: other.id, kid: kid ?? '', secret, algorithm: 'HS256' as const };
    const foreign = mintToken({ ...key, issuer: null, audience: null }, { userId: 'ann', ttlSeconds: 600 });
    const socket = await connect(3);
    const since = performance.now();
    for (const [token, code] of [
      [await gateways.token('ben', 600), 'token.user_changed'],
      [foreign.token, 'token.user_changed'],
      [await gateways.token('ann', 1), 'token.not_later'],
      [`${(await gateways.token('ann', 600)).slice(0, -3)}abc`, 'token.invalid'],
      ['garbage', 'token.invalid'],
      ['', 'token.missing'],
    ] as const) {
      expect(await socket.ask('auth.refresh', { token })).toMatchObject({ ok: false, error: { code } });
    }
    await waitFor(() => socket.closeCode === 4501, { timeoutMs: 6_000 });
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('S4: a revocation ends what was opened by a token before it, not what was refreshed after it', async () => {
    const [socket, old] = [await connect(60), await connect(60)];
    // Tokens are issued by the second.
    await delay(1_100);
    const issuedUpTo = Date.now() - 1_000;
    expect(await socket.ask('auth.refresh', { token: await gateways.token('ann', 600) })).toMatchObject({
      ok: true,
    });
    const revoked = { kind: 'user', tenantId: gateways.tenantId, userId: 'ann', issuedUpTo } as const;
    gateways.service(Publisher).publishRevocations([{ ...revoked, deactivated: false }]);
    await waitFor(() => old.closeCode === 4502);
    expect(socket.closeCode).toBeUndefined();
  });

  it('serves /ws as well', async () => {
    const socket = new WebSocket(`${gateways.url().replace('http', 'ws')}/ws`);
    const frames: { id?: number; type?: string; ok?: boolean }[] = [];
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as object));
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, type: 'auth', data: { token: await gateways.token('ann', 3) } }));
    await waitFor(() => frames.some(({ type }) => type === 'ready'));
    const token = await gateways.token('ann', 5);
    socket.send(JSON.stringify({ id: 2, type: 'auth.refresh', data: { token } }));
    await waitFor(() => frames.find(({ id }) => id === 2)?.ok);
    const at = performance.now();
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4501);
    expect(performance.now() - at).toBeGreaterThan(3_500);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { InternalServer } from '@parley/platform/telemetry';
import { freePort, waitFor } from '@parley/testing';
import { Load } from './load';
import { RunningGateways } from './running-gateways';

const awayMs = 10_000;

describe('Redis dies under load (F1, F2)', () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-redis-away-'));
  let port: number;
  let redis: EmbeddedRedis;
  let gateways: RunningGateways;

  const startRedis = () => EmbeddedRedis.start({ dataDir, persist: false, port });

  beforeAll(async () => {
    port = await freePort();
    redis = await startRedis();
    gateways = await RunningGateways.start(2, { REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await gateways.stop();
    await redis.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function health(
    index: number,
  ): Promise<{ status: string; checks: Record<string, { status: string }> }> {
    const internal = gateways.gateways[index]?.app.get(InternalServer).port;
    return (await fetch(`http://127.0.0.1:${internal}/health/ready`)).json() as never;
  }

  it('no send fails, the other gateway has everything within 5 s, and all is normal again after it', async () => {
    const conversationId = await gateways.conversation('ann', 'bob');
    const ann = await gateways.connect('ann', 0);
    const bob = await gateways.connect('bob', 1);
    const load = new Load(ann, conversationId);
    let worstMs = 0;
    const sentAt = new Map<number, number>();
    ann.socket.on('message.created', ({ seq }: { seq: number }) => sentAt.set(seq, performance.now()));
    bob.socket.on('message.created', ({ seq }: { seq: number }) => {
      worstMs = Math.max(worstMs, performance.now() - (sentAt.get(seq) ?? performance.now()));
    });
    await waitFor(() => bob.seqs(conversationId).length > 20, { timeoutMs: 10_000 });
    await redis.stop();
    await waitFor(async () => (await health(1)).checks['redis']?.status === 'down');
    expect(await health(1)).toMatchObject({ status: 'degraded' });
    await delay(awayMs);
    redis = await startRedis();
    await waitFor(async () => (await health(0)).status === 'ok' && (await health(1)).status === 'ok', {
      timeoutMs: 10_000,
    });
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    // Live again: not a second of waiting for a tail.
    await waitFor(
      async () => {
        const head = ann.seqs(conversationId).at(-1) ?? 0;
        await delay(100);
        return (bob.seqs(conversationId).at(-1) ?? 0) >= head;
      },
      { timeoutMs: 10_000 },
    );
    await load.stop();
    await waitFor(() => bob.seqs(conversationId).length === load.entries.length, { timeoutMs: 5_000 });
    expect(load.entries.filter(({ ack }) => !ack?.ok)).toEqual([]);
    expect(bob.seqs(conversationId)).toEqual(load.entries.map((_, index) => index + 1));
    expect(worstMs).toBeLessThan(5_000);
  }, 90_000);
});

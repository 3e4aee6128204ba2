import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SystemClock } from '@parley/platform/clock';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { RedisConnections } from '@parley/platform/redis';
import { Metrics, createLogger } from '@parley/platform/telemetry';
import { freePort, testRedis, waitFor } from '@parley/testing';
import { RateLimiter, type LimitRequest, type LimitRow } from '.';

const row: LimitRow = { bucket: 'sends', subject: 'u:ann', perMinute: 60, burst: 10, whenAway: 'open' };

function request(...rows: Partial<LimitRow>[]): LimitRequest {
  const [first = row, ...more] = rows.map((each) => ({ ...row, ...each }));
  return { tenantId: 'tenant-1', rows: [first, ...more] };
}

/** A process that counts. */
class Node {
  readonly metrics = new Metrics('test');
  readonly limiter: RateLimiter;
  private readonly connections: RedisConnections;

  constructor(url: string | undefined, keyPrefix = 'test:') {
    const log = createLogger({ process: 'test', level: 'error', format: 'json' });
    this.connections = new RedisConnections({ url, connectionName: 'test' }, log);
    const redis = this.connections.open('limits');
    this.limiter = new RateLimiter({ redis, keyPrefix }, new SystemClock(), log, this.metrics);
  }

  async shared(): Promise<this> {
    await waitFor(() => this.limiter.isShared);
    return this;
  }

  /** How many of so many requests at once were allowed. */
  async allowed(count: number, asked = request()): Promise<number> {
    const decisions = await Promise.all(Array.from({ length: count }, () => this.limiter.take(asked)));
    return decisions.filter(({ allowed }) => allowed).length;
  }

  async close(): Promise<void> {
    await this.limiter.close();
    this.connections.close();
  }
}

describe('RateLimiter', () => {
  const nodes: Node[] = [];
  function node(url: string | undefined, keyPrefix?: string): Node {
    const made = new Node(url, keyPrefix);
    nodes.push(made);
    return made;
  }
  afterEach(async () => {
    for (const each of nodes.splice(0)) await each.close();
  });

  describe('with Redis', () => {
    it('counts a bucket once for all processes, and tells what is left and when', async () => {
      const { url, prefix } = await testRedis();
      const one = await node(url, prefix).shared();
      const other = await node(url, prefix).shared();
      expect(await one.limiter.take(request())).toMatchObject({
        allowed: true,
        remaining: 9,
        retryAfterMs: 0,
      });
      expect((await one.allowed(8)) + (await other.allowed(8))).toBe(9);
      const refused = await other.limiter.take(request());
      expect(refused).toMatchObject({ allowed: false, remaining: 0, row: { bucket: 'sends' } });
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(1_000);
      expect(refused.resetMs).toBeGreaterThan(refused.retryAfterMs);
    });

    it('gives a bucket its burst and no more, also where a part of it was given in advance', async () => {
      const { url, prefix } = await testRedis();
      const one = await node(url, prefix).shared();
      const many = request({ burst: 40, perMinute: 1 });
      for (let sent = 0; sent < 40; sent += 1) expect((await one.limiter.take(many)).allowed).toBe(true);
      expect(await one.limiter.take(many)).toMatchObject({ allowed: false, remaining: 0 });
      const inAdvance =
        /rate_limit_decisions_total\{bucket="sends",decision="allowed",counts="advance"[^}]*\} (\d+)/;
      expect(Number(inAdvance.exec(await one.metrics.render())?.[1])).toBeGreaterThanOrEqual(5);
    });

    it('gives processes that ask at once a quarter more for each further one at most, and has it owed', async () => {
      const { url, prefix } = await testRedis();
      const many = request({ burst: 40, perMinute: 1 });
      const all = [1, 2, 3].map(() => node(url, prefix));
      for (const each of all) {
        await (await each.shared()).limiter.take(many);
        each.limiter.giveBack(many);
        await waitFor(async () => (await each.limiter.look(many)).remaining === 40);
      }
      const counts = await Promise.all(all.map((each) => each.allowed(30, many)));
      const allowed = counts.reduce((sum, count) => sum + count, 0);
      expect(allowed).toBeGreaterThanOrEqual(40);
      expect(allowed).toBeLessThanOrEqual(60);
      const minutesUntilFull = async (): Promise<number> =>
        Math.ceil(((await all[0]?.limiter.look(many))?.resetMs ?? 0) / 60_000);
      await waitFor(async () => (await minutesUntilFull()) === allowed);
    });

    it('charges what was given in advance for the other processes to see', async () => {
      const { url, prefix } = await testRedis();
      const one = await node(url, prefix).shared();
      const other = await node(url, prefix).shared();
      const many = request({ burst: 40, perMinute: 1 });
      expect(await one.allowed(1, many)).toBe(1);
      expect(await one.allowed(4, many)).toBe(4);
      await waitFor(async () => (await other.limiter.look(many)).remaining === 35);
    });

    it('takes from all buckets of a request or from none', async () => {
      const { url, prefix } = await testRedis();
      const { limiter } = await node(url, prefix).shared();
      const both = request({}, { bucket: 'all', subject: 't', burst: 2 });
      for (let sent = 0; sent < 2; sent += 1) expect((await limiter.take(both)).allowed).toBe(true);
      expect(await limiter.take(both)).toMatchObject({ allowed: false, row: { bucket: 'all' } });
      expect((await limiter.look(request())).remaining).toBe(8);
    });

    it('gives back, looks without taking, and keeps tenants and subjects apart', async () => {
      const { url, prefix } = await testRedis();
      const { limiter } = await node(url, prefix).shared();
      await limiter.take(request());
      expect((await limiter.look(request())).remaining).toBe(9);
      expect((await limiter.look(request({ subject: 'u:ben' }))).remaining).toBe(10);
      expect((await limiter.look({ ...request(), tenantId: 'tenant-2' })).remaining).toBe(10);
      limiter.giveBack(request());
      expect((await limiter.look(request())).remaining).toBe(10);
    });
  });

  it('holds a limit that was raised at once', async () => {
    const { url, prefix } = await testRedis();
    const { limiter } = await node(url, prefix).shared();
    const slow = request({ perMinute: 1, burst: 1 });
    await limiter.take(slow);
    expect((await limiter.take(slow)).retryAfterMs).toBeGreaterThan(50_000);
    expect((await limiter.take(request({ perMinute: 60, burst: 1 }))).allowed).toBe(true);
  });

  it('without Redis is the only one that counts, the closed limits too', async () => {
    const alone = node(undefined);
    expect(alone.limiter.isShared).toBe(false);
    expect(await alone.allowed(12)).toBe(10);
    expect(await alone.allowed(12, request({ bucket: 'keys', whenAway: 'closed' }))).toBe(10);
  });

  it('F5, F7: counts its share by itself while Redis is away, a tenth of it for what is closed, and nobody waits', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-limits-'));
    const port = await freePort();
    let redis = await EmbeddedRedis.start({ dataDir, persist: false, port });
    const url = redis.url;
    const one = await node(url).shared();
    await node(url).shared();
    await waitFor(() => one.limiter.nodeCount === 2, { timeoutMs: 10_000 });
    try {
      process.kill(redis.pid, 'SIGSTOP');
      const startedAt = performance.now();
      const many = request({ burst: 100 });
      expect(await one.allowed(100, many)).toBe(50);
      const waited = performance.now() - startedAt;
      expect(one.limiter.isShared).toBe(false);
      const again = performance.now();
      expect(await one.allowed(100, many)).toBeLessThanOrEqual(2);
      // The first found it out; nobody after it waits at all.
      expect(performance.now() - again).toBeLessThan(waited / 2);
      expect(await one.allowed(100, request({ bucket: 'keys', burst: 100, whenAway: 'closed' }))).toBe(5);
      expect(await one.metrics.render()).toMatch(
        /rate_limit_decisions_total\{bucket="sends",decision="refused",counts="local"/,
      );
      process.kill(redis.pid, 'SIGCONT');
      await waitFor(() => one.limiter.isShared, { timeoutMs: 10_000 });
      await redis.stop();
      expect(await one.allowed(1, request({ subject: 'u:cyd' }))).toBe(1);
      redis = await EmbeddedRedis.start({ dataDir, persist: false, port });
      await waitFor(() => one.limiter.isShared, { timeoutMs: 15_000 });
      expect(await one.allowed(12)).toBe(10);
    } finally {
      await redis.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 60_000);

  it('keeps the order of requests when Redis goes away between them', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-limits-'));
    const redis = await EmbeddedRedis.start({ dataDir, persist: false, port: await freePort() });
    const { limiter } = await node(redis.url).shared();
    try {
      process.kill(redis.pid, 'SIGSTOP');
      const order: number[] = [];
      const asked: Promise<unknown>[] = [];
      const ask = (): void => {
        const number = asked.length;
        asked.push(limiter.take(request({ burst: 1_000 })).then(() => order.push(number)));
      };
      // Over more turns of the loop than the first one takes to give up.
      const until = performance.now() + 700;
      while (performance.now() < until) {
        ask();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await Promise.all(asked);
      expect(order).toEqual(asked.map((_, index) => index));
    } finally {
      process.kill(redis.pid, 'SIGCONT');
      await redis.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 30_000);
});

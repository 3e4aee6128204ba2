import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { freePort, openDb, startSystem, waitFor, type System } from '@parley/testing';
import { firstSeq, makeGroup, textsOf } from './history';
import { Load, askOverRest, sendOverSocket } from './load';
import { Recorder, dense } from './recorder';

export interface RedisAwaySizes {
  awayMs: number;
  /** How often everything in Redis is deleted afterwards. */
  flushes: number;
}

const deliveredWithinMs = 5_000;
const normalWithinMs = 10_000;
/** Half of the messages come by the bus sooner than this, and by the tail, which is read once a second, later. */
const liveMedianMs = 250;
const settleMs = 500;
const liveForMs = 2_000;

/** A Redis that may die. */
class MortalRedis {
  private constructor(
    readonly url: string,
    private readonly dataDir: string,
    private server: EmbeddedRedis,
  ) {}

  static async start(): Promise<MortalRedis> {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'parley-redis-away-'));
    const server = await EmbeddedRedis.start({ dataDir, persist: false, port: await freePort() });
    return new MortalRedis(server.url, dataDir, server);
  }

  async startAgain(): Promise<void> {
    this.server = await EmbeddedRedis.start({
      dataDir: this.dataDir,
      persist: false,
      port: this.server.port,
    });
  }

  async flush(): Promise<void> {
    const client = new Redis(this.url);
    await client.flushall();
    await client.quit();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async remove(): Promise<void> {
    await this.server.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** How late each message came to a socket, counted from its ack. */
class Lateness {
  private readonly arrivedAt = new Map<string, number>();

  constructor(
    recorder: Recorder,
    private readonly loads: readonly Load[],
  ) {
    recorder.onEvent = (event) => {
      if (event.type === 'message.created') this.arrivedAt.set(event.data.text, performance.now());
    };
  }

  /** Of the messages that were acked between these moments, in order; endless for one that has not come. */
  of(from: number, to: number): number[] {
    return this.loads
      .flatMap((load) => load.acked)
      .filter(({ ackedAt }) => ackedAt >= from && ackedAt < to)
      .map(({ text, ackedAt }) => (this.arrivedAt.get(text) ?? Infinity) - ackedAt)
      .sort((one, other) => one - other);
  }
}

/** Redis dies under load, stays away, comes back empty, and is emptied again and again (F1, F2). */
export async function redisDiesUnderLoad(sizes: RedisAwaySizes): Promise<string> {
  const redis = await MortalRedis.start();
  const system = await startSystem({
    environment: { REDIS_URL: redis.url, QUEUE_LOCK_MS: '1000', OUTBOX_REQUEUE_MS: '2000' },
  });
  const recorders: Recorder[] = [];
  try {
    const conversationId = await makeGroup(system, 'ann', 'bob');
    for (const [index, userId] of ['ann', 'bob'].entries()) {
      recorders.push(await Recorder.connect(system.gatewayUrls[index] ?? '', await system.token(userId)));
    }
    return await survive(system, redis, recorders, conversationId, sizes);
  } finally {
    for (const recorder of recorders) recorder.close();
    await system.stop();
    await redis.remove();
  }
}

async function survive(
  system: System,
  redis: MortalRedis,
  recorders: Recorder[],
  conversationId: string,
  { awayMs, flushes }: RedisAwaySizes,
): Promise<string> {
  const pids = system.processes.map(({ pid }) => pid);
  const token = await system.token('ann');
  const postPath = `/v1/conversations/${conversationId}/messages`;
  const loads = [
    ...recorders.map((recorder) => new Load(sendOverSocket(recorder, conversationId))),
    new Load((text) => askOverRest(system, token, 'POST', postPath, { clientMessageId: text, text })),
  ];
  const lateness = recorders.map((recorder) => new Lateness(recorder, loads));
  const worst = (from: number, to: number) => Math.max(0, ...lateness.flatMap((each) => each.of(from, to)));
  await waitFor(() => loads.every(({ acked }) => acked.length > 20), { timeoutMs: 10_000 });

  const stoppedAt = performance.now();
  await redis.stop();
  await waitFor(async () => (await statuses(system)).every((status) => status === 'degraded'), {
    timeoutMs: 10_000,
    message: 'every process to say that Redis is away',
  });
  await delay(awayMs);
  await redis.startAgain();
  const backAt = performance.now();
  await waitFor(() => isLive(lateness, backAt), { timeoutMs: normalWithinMs, message: 'live delivery' });
  await waitFor(async () => (await statuses(system)).every((status) => status === 'ok'), {
    timeoutMs: Math.max(1, normalWithinMs - (performance.now() - backAt)),
    message: 'every process to be well',
  });
  const normalAfterMs = performance.now() - backAt;
  for (let flush = 0; flush < flushes; flush += 1) {
    await redis.flush();
    await delay(500);
  }
  for (const load of loads) await load.stop();

  const entries = loads.flatMap((load) => load.entries);
  expect(entries.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  const sent = entries.map(({ text }) => text).sort();
  expect((await textsOf(system, conversationId, 'bob')).sort()).toEqual(sent);
  for (const recorder of recorders) {
    await waitFor(() => recorder.seqs(conversationId).length === sent.length, {
      timeoutMs: deliveredWithinMs,
    });
    expect(recorder.seqs(conversationId)).toEqual(dense(firstSeq, sent.length + firstSeq - 1));
  }
  const worstMs = worst(stoppedAt, backAt);
  expect(worstMs).toBeLessThan(deliveredWithinMs);
  expect(worst(backAt, performance.now())).toBeLessThan(deliveredWithinMs);
  await everyJobIsDone(system, sent.length);
  expect(system.processes.filter(({ isAlive }) => !isAlive)).toEqual([]);
  expect(system.processes.map(({ pid }) => pid)).toEqual(pids);
  return `${sent.length} messages, none failed; the latest delivery during the outage after ${Math.round(worstMs)} ms, normal ${Math.round(normalAfterMs)} ms after it`;
}

/** Whether what was acked in the last seconds, all of it since `backAt`, comes by the bus again. */
function isLive(lateness: readonly Lateness[], backAt: number): boolean {
  const to = performance.now() - settleMs;
  const from = to - liveForMs;
  if (from < backAt) return false;
  return lateness.every((each) => {
    const sorted = each.of(from, to);
    return (sorted[Math.floor(sorted.length / 2)] ?? Infinity) < liveMedianMs;
  });
}

async function statuses(system: System): Promise<string[]> {
  return Promise.all(system.processes.map(async (process) => (await process.health()).status));
}

async function everyJobIsDone(system: System, messages: number): Promise<void> {
  const db = openDb(system.database);
  try {
    const counts = () =>
      db.tx(system.tenantId, async ({ prisma }) => [
        await prisma.messageSearch.count(),
        await prisma.outbox.count(),
      ]);
    await waitFor(async () => (await counts())[1] === 0, { timeoutMs: 30_000, message: 'an empty outbox' });
    expect(await counts()).toEqual([messages, 0]);
  } finally {
    await db.close();
  }
}

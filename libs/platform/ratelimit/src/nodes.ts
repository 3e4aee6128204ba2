import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisKeys } from '@parley/platform/redis';
import { countNodes } from './scripts';

interface NodesRedis extends Redis {
  countNodes(keyCount: 1, key: string, id: string, ttlMs: number): Promise<number>;
}

const beatMs = 5_000;
const believedMs = 15_000;

/** How many processes share the limits, by what each says of itself in Redis; the last known number while it is away. */
export class Nodes {
  private readonly id = randomUUID();
  private readonly redis: NodesRedis;
  private readonly key: string;
  private readonly timer: NodeJS.Timeout;
  private known = 1;

  constructor(redis: Redis, keyPrefix: string) {
    redis.defineCommand('countNodes', { lua: countNodes });
    this.redis = redis as NodesRedis;
    this.key = redisKeys.limitNodes(keyPrefix);
    this.timer = setInterval(() => void this.beat(believedMs), beatMs).unref();
    redis.on('ready', () => void this.beat(believedMs));
  }

  get count(): number {
    return this.known;
  }

  /** This process shares the limits no longer. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    await this.beat(0);
  }

  private async beat(ttlMs: number): Promise<void> {
    // While Redis is away the last number stands.
    const count = await this.redis.countNodes(1, this.key, this.id, ttlMs).catch(() => undefined);
    if (count !== undefined) this.known = Math.max(1, count);
  }
}

import { Redis } from 'ioredis';
import type { Log } from '@parley/platform/telemetry';

/** Milliseconds; no request waits for Redis longer (F5). */
export const redisTimeouts = {
  commandMs: 500,
  connectMs: 3_000,
  socketMs: 2_000,
  retryMaxMs: 1_000,
} as const;

export interface RedisOptions {
  /** Undefined: this process runs without Redis. */
  url: string | undefined;
  /** Seen in CLIENT LIST. */
  connectionName: string;
}

/** Makes the connections of one process to Redis and ends them with it. */
export class RedisConnections {
  private readonly opened: Redis[] = [];

  constructor(
    private readonly options: RedisOptions,
    private readonly log: Log,
  ) {}

  get configured(): boolean {
    return this.options.url !== undefined;
  }

  /** A new connection that connects by itself, now and after every loss; undefined without a REDIS_URL. Never throws. */
  open(role: string): Redis | undefined {
    if (this.options.url === undefined) return undefined;
    const redis = new Redis(this.options.url, {
      connectionName: `${this.options.connectionName}-${role}`,
      commandTimeout: redisTimeouts.commandMs,
      connectTimeout: redisTimeouts.connectMs,
      // A silent server is a lost one: its connection is dropped and opened again.
      socketTimeout: redisTimeouts.socketMs,
      retryStrategy: (attempt) =>
        Math.min(50 * 2 ** Math.min(attempt, 8), redisTimeouts.retryMaxMs) + Math.random() * 200,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
    });
    this.watch(redis, role);
    this.opened.push(redis);
    return redis;
  }

  /** @throws when Redis does not answer; for the health check. */
  async ping(): Promise<void> {
    const redis = this.opened[0];
    if (redis?.status !== 'ready') throw new Error('not connected');
    await redis.ping();
  }

  close(): void {
    for (const redis of this.opened) redis.disconnect();
  }

  private watch(redis: Redis, role: string): void {
    let lost = false;
    // Without a listener an error would end the process. One line per loss: reconnecting goes on for as long as it takes.
    redis.on('error', (error: Error) => {
      if (!lost) this.log.warn('redis.lost', { role, error });
      lost = true;
    });
    redis.on('close', () => {
      if (!lost && redis.status !== 'end') this.log.warn('redis.lost', { role });
      lost = true;
    });
    redis.on('ready', () => {
      if (lost) this.log.info('redis.back', { role });
      lost = false;
    });
  }
}

import { Queue, type JobsOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { JobSink, type NewJob } from '@parley/platform/outbox';
import { queuesOf } from './job-catalogue';

const callMs = 5_000;
const firstRetryMs = 1_000;

/** The adding end of the queues, over one connection that never queues commands while Redis is away. */
export class JobQueues extends JobSink {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly redis: Redis | undefined,
    private readonly prefix: string,
  ) {
    super();
  }

  override get ready(): boolean {
    return this.redis?.status === 'ready';
  }

  override async add(jobs: readonly NewJob[]): Promise<void> {
    for (const name of queuesOf(jobs.map(({ definition }) => definition))) {
      const group = jobs.filter(({ definition }) => definition.queue === name);
      const bulk = group.map(({ id, definition, data }) => ({
        name: definition.name,
        data,
        opts: jobOptions(id, definition.tries),
      }));
      await this.call(name, (queue) => queue.addBulk(bulk));
    }
  }

  /** How many jobs of a queue wait for a worker. @throws while Redis is away */
  waiting(name: string): Promise<number> {
    return this.call(name, (queue) => queue.getWaitingCount());
  }

  private async call<T>(name: string, work: (queue: Queue) => Promise<T>): Promise<T> {
    if (this.redis === undefined || !this.ready) throw new Error('Redis is away');
    let queue = this.queues.get(name);
    if (queue === undefined) {
      queue = new Queue(name, { connection: this.redis, prefix: this.prefix });
      // What fails is told by the call; without a listener it would be printed too.
      queue.on('error', () => undefined);
      this.queues.set(name, queue);
    }
    try {
      return await within(callMs, work(queue));
    } catch (error) {
      // A Queue whose first look at Redis failed never looks again: the next call makes a new one.
      this.queues.delete(name);
      queue.close().catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Jobs leave no trace in Redis, done or failed: the outbox is the record, and a job that is kept would keep a repeat of
 * its id from being added.
 */
function jobOptions(jobId: string, attempts: number): JobsOptions {
  return {
    jobId,
    attempts,
    backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.5 },
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** BullMQ waits for a connection without a bound. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

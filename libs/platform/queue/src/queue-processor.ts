import { Inject, type Type } from '@nestjs/common';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job, WorkerOptions } from 'bullmq';
import { Log, Metrics } from '@parley/platform/telemetry';
import { JobRunner } from './job-runner';

export interface ProcessorOptions {
  url: string;
  prefix: string;
  /** How long a job stays with a worker that no longer renews its lock. */
  lockMs: number;
  reconnecting: Reconnecting;
}

/** Shared by all workers of a process: one that is to end while Redis is away must not wait for it. */
export interface Reconnecting {
  wanted: boolean;
}

/** Stalls before BullMQ drops a job (1 by default, which the second crash of a worker reaches); the relay adds it again. */
const maxStalls = 5;
/** Of two jobs one would work while the other leaves the machine to those who wait. */
const concurrency = 1;
const retryMaxMs = 2_000;
const connectMs = 3_000;

/** The Nest provider that works off one queue. */
export function processorOf(queue: string, options: ProcessorOptions): Type<WorkerHost> {
  @Processor(queue, workerOptions(options) as WorkerOptions)
  class QueueProcessor extends WorkerHost {
    private readonly stalls;
    private lost = false;

    constructor(
      @Inject(JobRunner) private readonly runner: JobRunner,
      @Inject(Log) private readonly log: Log,
      @Inject(Metrics) metrics: Metrics,
    ) {
      super();
      this.stalls = stallCounter(metrics);
    }

    override async process(job: Job): Promise<void> {
      await this.runner.run(job);
    }

    @OnWorkerEvent('stalled')
    onStalled(): void {
      this.stalls.inc({ queue });
    }

    /** One line per loss: reconnecting goes on for as long as it takes. */
    @OnWorkerEvent('error')
    onError(error: Error): void {
      if (!this.lost) this.log.warn('queue.lost', { queue, error });
      this.lost = true;
    }

    @OnWorkerEvent('ready')
    onReady(): void {
      if (this.lost) this.log.info('queue.back', { queue });
      this.lost = false;
    }
  }
  return QueueProcessor;
}

const stallCounters = new WeakMap<Metrics, ReturnType<typeof makeStallCounter>>();

function makeStallCounter(metrics: Metrics) {
  return metrics.counter({
    name: 'queue_stalled_total',
    help: 'Jobs taken from a worker that no longer answered.',
    labelNames: ['queue'],
  });
}

/** One counter for all queues of a process. */
function stallCounter(metrics: Metrics): ReturnType<typeof makeStallCounter> {
  const counter = stallCounters.get(metrics) ?? makeStallCounter(metrics);
  stallCounters.set(metrics, counter);
  return counter;
}

function workerOptions({ url, prefix, lockMs, reconnecting }: ProcessorOptions): Partial<WorkerOptions> {
  return {
    connection: {
      url,
      maxRetriesPerRequest: null,
      connectTimeout: connectMs,
      retryStrategy: (attempt: number) =>
        reconnecting.wanted
          ? Math.min(50 * 2 ** Math.min(attempt, 8), retryMaxMs) + Math.random() * 200
          : null,
    },
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: maxStalls,
    // 15 s by default, which an ending worker waits for too.
    runRetryDelay: retryMaxMs,
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { JobDefinition } from '@parley/contracts/internal';
import type { Db, SessionLock } from '@parley/platform/database';
import type { Log, Metrics } from '@parley/platform/telemetry';
import type { JobSink } from './job-sink';
import { outboxAge, outboxClaim, outboxRelease } from './outbox.functions';
import { jobsFor } from './relay-jobs';

export interface RelayOptions {
  definitions: readonly JobDefinition[];
  /** A job queued longer ago than this is added again. */
  requeueMs: number;
}

/** More than comes between two claims under load: a claim that leaves rows behind is followed by one that finds few. */
const claimRows = 2_000;
/** Events gather meanwhile: at 1,000 messages a second one claim makes two jobs. */
const pollMs = 400;
const backoffMaxMs = 10_000;
const measureMs = 5_000;

/**
 * Makes jobs from the outbox. One relay of the installation is active, the others wait for its lock; should two be active
 * for a moment, they claim different rows. Whatever it adds may be added again: jobs are idempotent.
 */
export class OutboxRelay {
  private readonly lock: SessionLock;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private failures = 0;
  private measuredAt = -Infinity;
  private readonly metrics;

  constructor(
    private readonly db: Db,
    private readonly sink: JobSink,
    private readonly log: Log,
    metrics: Metrics,
    private readonly options: RelayOptions,
  ) {
    this.lock = db.sessionLock('outbox relay');
    this.metrics = relayMetrics(metrics);
  }

  /** Whether this relay holds the lock. */
  get active(): boolean {
    return this.lock.held;
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Claims nothing more and resolves when what was claimed is added. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.lock.release();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let pauseMs = pollMs;
      try {
        const full = (await this.lock.tryAcquire()) && (await this.relayOnce());
        if (full) pauseMs = 0;
        await this.measure();
        this.failures = 0;
      } catch (error) {
        if (this.failures === 0) this.log.warn('outbox.relay_failed', { error });
        this.failures += 1;
        pauseMs =
          Math.min(pollMs * 2 ** Math.min(this.failures, 8), backoffMaxMs) * (0.5 + Math.random() / 2);
      }
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Claims once; true when there may be more. */
  private async relayOnce(): Promise<boolean> {
    // Claiming for a queue that is away would only postpone the rows.
    if (!this.sink.ready) return false;
    const rows = await this.db.system.call(outboxClaim, claimRows, this.options.requeueMs);
    const [first] = rows;
    if (first === undefined) return false;
    const jobs = jobsFor(rows, this.options.definitions);
    try {
      await this.sink.add(jobs);
    } catch (error) {
      // Should this fail too, the rows are claimed again when they are overdue.
      await this.db.system.call(outboxRelease, first.queued_at);
      throw error;
    }
    for (const { definition, data } of jobs) {
      this.metrics.relayed.inc({ job: definition.name }, data.events.length);
    }
    return rows.length === claimRows;
  }

  private async measure(): Promise<void> {
    if (performance.now() - this.measuredAt < measureMs) return;
    this.measuredAt = performance.now();
    // Only the active relay reports, so that a sum over all workers is right.
    const [age] = this.active ? await this.db.system.call(outboxAge) : [];
    this.metrics.oldest.set(age?.oldest_seconds ?? 0);
    this.metrics.pending.set(age?.pending ?? 0);
    this.metrics.dead.set(age?.dead ?? 0);
  }
}

function relayMetrics(metrics: Metrics) {
  return {
    oldest: metrics.gauge({
      name: 'outbox_oldest_seconds',
      help: 'For how long the oldest event has waited for its last job; reported by the active relay.',
    }),
    pending: metrics.gauge({ name: 'outbox_pending', help: 'Events with a job still to run.' }),
    dead: metrics.gauge({ name: 'outbox_dead', help: 'Events with a job that failed for good.' }),
    relayed: metrics.counter({
      name: 'outbox_relayed_total',
      help: 'Events put into jobs, repeats included.',
      labelNames: ['job'],
    }),
  };
}

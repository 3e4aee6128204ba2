import { setTimeout as delay } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { jobDataSchema, type JobData } from '@parley/contracts/internal';
import type { Db } from '@parley/platform/database';
import type { OutboxEvents } from '@parley/platform/outbox';
import type { Log, Metrics } from '@parley/platform/telemetry';
import type { JobCatalogue, JobHandler } from './job-catalogue';
import { failureOf, reasonOf } from './job-failure';

/** The part of BullMQ's job that running it needs. */
export interface QueuedJob {
  name: string;
  queueName: string;
  data: unknown;
  /** Attempts that failed before this one. */
  attemptsMade: number;
}

/** The longest rest after a job, in milliseconds. */
const restMaxMs = 1_000;

/**
 * Runs jobs: an event's effect and its end are one transaction, so that a job that is killed at any point, or runs
 * twice, has its effect once. What fails for good goes to the dead letters message by message: the others of its batch go on.
 */
export class JobRunner {
  private readonly metrics;
  private readonly finishedAt = new Map<string, number>();

  constructor(
    private readonly catalogue: JobCatalogue,
    private readonly events: OutboxEvents,
    private readonly db: Db,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.metrics = {
      finished: metrics.counter({
        name: 'job_attempts_total',
        help: 'Attempts at jobs by their outcome: done, retried, failed.',
        labelNames: ['job', 'outcome'],
      }),
      dead: metrics.counter({
        name: 'job_dead_letters_total',
        help: 'Events that a job gave up for good: see the log, repair the cause, redrive.',
        labelNames: ['job'],
      }),
    };
  }

  /** When an attempt of this queue last came to an end, by the monotonic clock; undefined: never. */
  lastFinished(queue: string): number | undefined {
    return this.finishedAt.get(queue);
  }

  /** @throws for BullMQ: anything to be tried again, `UnrecoverableError` when it is not */
  async run(job: QueuedJob): Promise<void> {
    const handler = this.catalogue.find(job.name);
    const data = jobDataSchema.safeParse(job.data);
    // No relay makes such a job; its event, if there is one, is added again with the right data.
    if (handler === undefined || !data.success) throw new UnrecoverableError('not a job of the catalogue');
    let outcome = 'failed';
    const begun = performance.now();
    try {
      await this.attempt(handler, data.data);
      outcome = 'done';
      // What can wait leaves the machine to what cannot: the busier that is, the longer.
      await delay(Math.min((performance.now() - begun) * handler.restTimes, restMaxMs));
    } catch (error) {
      const failure = failureOf(error);
      const last = job.attemptsMade + 1 >= handler.definition.tries;
      // What is away comes back: the job is left to the relay, however many attempts that takes.
      if (failure === 'away' || (failure === 'passing' && !last)) {
        outcome = 'retried';
        throw error;
      }
      await this.giveUp(handler, data.data, error, last);
      throw new UnrecoverableError(reasonOf(error));
    } finally {
      this.finishedAt.set(job.queueName, performance.now());
      this.metrics.finished.inc({ job: job.name, outcome });
    }
  }

  private attempt(handler: JobHandler, { tenantId, events }: JobData): Promise<void> {
    return handler.run(tenantId, events, { db: this.db, events: this.events });
  }

  /**
   * Runs the events of a batch one by one and buries those that fail again; one that is about many messages comes again as
   * many events, and one that only met a passing failure waits for the relay.
   */
  private async giveUp(
    handler: JobHandler,
    { tenantId, events }: JobData,
    batchError: unknown,
    last: boolean,
  ): Promise<void> {
    for (const id of events) {
      const error = events.length === 1 ? batchError : await this.failureAlone(handler, tenantId, id);
      if (error === undefined) continue;
      const failure = failureOf(error);
      if (failure === 'away' || (failure === 'passing' && !last)) continue;
      const { name } = handler.definition;
      if (await this.events.split(tenantId, id, name)) continue;
      if (!(await this.events.bury(tenantId, id, name, reasonOf(error)))) continue;
      this.metrics.dead.inc({ job: name });
      this.log.error('job.dead', { job: name, tenantId, eventId: id, error });
    }
  }

  private async failureAlone(handler: JobHandler, tenantId: string, id: string): Promise<unknown> {
    try {
      await this.attempt(handler, { tenantId, events: [id] });
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

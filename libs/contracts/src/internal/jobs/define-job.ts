import { z } from 'zod';

/** What may leave an event in the outbox: something that happened, in the past tense. */
export type OutboxEventType =
  'message.created' | 'message.updated' | 'message.deleted' | 'conversation.deleted';

/** One kind of job: what it is for, where it runs and how often it is tried. */
export interface JobDefinition<S extends z.ZodType = z.ZodType> {
  /** Imperative: `search.index`. Also the name of the handler in the outbox. */
  readonly name: string;
  /** The events that ask for it. */
  readonly on: readonly OutboxEventType[];
  readonly queue: string;
  /** One event, as the handler takes it: ids only, never content (S38). */
  readonly schema: S;
  /** Failures after which an event goes to the dead letters; the waits between them grow. */
  readonly tries: number;
  /**
   * How many messages the events of a job may be about together, all of one tenant; an event that is about more has a job of
   * its own. 1 when absent.
   */
  readonly batch?: number;
  /** What makes a repeat harmless. */
  readonly dedupe: string;
  readonly why: string;
}

/** The event that a handler of this job takes. */
export type EventOf<J> = J extends JobDefinition<infer S> ? z.output<S> : never;

const maxTries = 8;

/** Declares a job, for the catalogue. */
export function defineJob<const S extends z.ZodType>(
  job: Omit<JobDefinition<S>, 'tries'> & { tries?: number },
): JobDefinition<S> {
  // BullMQ refuses a colon in the id of a job, which ends in this name.
  if (!/^[a-z][a-z.-]+$/.test(job.name)) throw new Error(`"${job.name}" is no name for a job`);
  return Object.freeze({ tries: maxTries, ...job });
}

/** What lies in the queue: which events of which tenant. Whoever takes a job looks them up under that tenant (S15). */
export const jobDataSchema = z.strictObject({
  tenantId: z.uuid(),
  events: z.array(z.uuid()).min(1),
});
export type JobData = z.output<typeof jobDataSchema>;

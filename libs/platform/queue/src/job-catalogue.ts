import type { EventOf, JobDefinition } from '@parley/contracts/internal';
import type { Db, Tx } from '@parley/platform/database';
import type { OutboxEvents } from '@parley/platform/outbox';

/** What a job does with events of one tenant. */
export interface JobHandler {
  readonly definition: JobDefinition;
  /** After a job the worker leaves the machine to others for so many times as long as the job had it. */
  readonly restTimes: number;
  /**
   * Has its effect on each event in the transaction that ends it, passes over those that another attempt has ended, and may run
   * again after a failure.
   */
  run(tenantId: string, events: readonly string[], outbox: { db: Db; events: OutboxEvents }): Promise<void>;
}

/** Binds a job to what it does in one transaction for all its events. `handle` has no effect outside of it. */
export function handleJob<J extends JobDefinition>(
  definition: J,
  handle: (tx: Tx, events: EventOf<J>[]) => Promise<void>,
): JobHandler {
  return {
    definition,
    restTimes: 2,
    run: (tenantId, ids, outbox) =>
      outbox.db.tx(tenantId, async (tx) => {
        const events = await outbox.events.clear(tx, ids, definition.name);
        if (events.length === 0) return;
        await handle(
          tx,
          events.map((event) => definition.schema.parse(event) as EventOf<J>),
        );
      }),
  };
}

/** All jobs with their handlers. A job without one, or with two, stops the boot: its events would wait for ever. */
export class JobCatalogue {
  private readonly handlers = new Map<string, JobHandler>();

  /** @throws Error that names the job */
  constructor(definitions: readonly JobDefinition[], handlers: readonly JobHandler[]) {
    const names = new Set<string>();
    for (const { name } of definitions) {
      if (names.has(name)) throw new Error(`The job "${name}" is defined twice.`);
      names.add(name);
    }
    for (const handler of handlers) {
      const { name } = handler.definition;
      if (!definitions.includes(handler.definition))
        throw new Error(`The handler of "${name}" has no job in the catalogue.`);
      if (this.handlers.has(name)) throw new Error(`The job "${name}" has two handlers.`);
      this.handlers.set(name, handler);
    }
    for (const name of names) {
      if (!this.handlers.has(name)) throw new Error(`The job "${name}" has no handler.`);
    }
  }

  find(name: string): JobHandler | undefined {
    return this.handlers.get(name);
  }
}

/** The queues that these jobs run in. */
export function queuesOf(definitions: readonly JobDefinition[]): string[] {
  return [...new Set(definitions.map(({ queue }) => queue))];
}

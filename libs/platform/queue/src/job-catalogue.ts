import type { EventOf, JobDefinition } from '@parley/contracts/internal';
import type { Tx } from '@parley/platform/database';

/** What a job does: its effect on events of one tenant, in the transaction that also ends them. */
export interface JobHandler {
  readonly definition: JobDefinition;
  handle(tx: Tx, events: unknown[]): Promise<void>;
}

/** Binds a job to its handler. `handle` has no effect outside the transaction and may run again after a failure. */
export function handleJob<J extends JobDefinition>(
  definition: J,
  handle: (tx: Tx, events: EventOf<J>[]) => Promise<void>,
): JobHandler {
  return {
    definition,
    handle: (tx, events) =>
      handle(
        tx,
        events.map((event) => definition.schema.parse(event) as EventOf<J>),
      ),
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

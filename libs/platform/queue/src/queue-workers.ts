import type { BullRegistrar, WorkerHost } from '@nestjs/bullmq';
import { within } from './job-queues';
import type { Reconnecting } from './queue-processor';

/** A job ends within the bounds of its transaction; what takes longer is taken over after its lock. */
const closeMs = 6_000;
const disconnectMs = 1_000;

/** The workers of this process, all queues together. */
export class QueueWorkers {
  constructor(
    private readonly registrar: BullRegistrar,
    private readonly processors: readonly WorkerHost[],
    private readonly reconnecting: Reconnecting,
  ) {}

  start(): void {
    this.reconnecting.wanted = true;
    this.registrar.register();
  }

  /** Takes no more jobs and resolves when those under way are done. */
  async stop(): Promise<void> {
    this.reconnecting.wanted = false;
    await Promise.all(this.processors.map((processor) => close(processor, false)));
  }

  /** New workers in the place of those that are stuck. */
  async restart(): Promise<void> {
    await Promise.all(this.processors.map((processor) => close(processor, true)));
    this.start();
  }
}

async function close({ worker }: WorkerHost, force: boolean): Promise<void> {
  try {
    await within(closeMs, worker.close(force));
  } catch {
    // Too long: only cutting its connections ends this worker.
    await within(disconnectMs, worker.disconnect()).catch(() => undefined);
    // Nest closes every worker once more, and would wait for this one without a bound.
    worker.close = () => Promise.resolve();
  }
}

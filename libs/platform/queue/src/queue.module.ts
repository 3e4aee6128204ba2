import {
  Global,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type InjectionToken,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { BullModule, BullRegistrar, type WorkerHost } from '@nestjs/bullmq';
import type { JobDefinition } from '@parley/contracts/internal';
import { Clock } from '@parley/platform/clock';
import { Db } from '@parley/platform/database';
import { JobSink, OutboxEvents } from '@parley/platform/outbox';
import { RedisConnections, redisKeys } from '@parley/platform/redis';
import { Health, Log, Metrics } from '@parley/platform/telemetry';
import { JobCatalogue, queuesOf, type JobHandler } from './job-catalogue';
import { JobQueues } from './job-queues';
import { JobRunner } from './job-runner';
import { processorOf } from './queue-processor';
import { QueueWatchdog } from './queue-watchdog';
import { QueueWorkers } from './queue-workers';

export interface QueueOptions {
  /** Undefined: jobs wait in the outbox. */
  url: string | undefined;
  /** Beginning of all keys: tells installations apart that share one Redis. */
  keyPrefix: string;
  lockMs: number;
  connectionName: string;
  definitions: readonly JobDefinition[];
  /** Makes the handlers of all jobs from what `imports` provide. */
  handlers: {
    imports: NonNullable<ModuleMetadata['imports']>;
    inject: InjectionToken[];
    useFactory: (...services: never[]) => JobHandler[];
  };
}

/** Jobs wait, and none ends, for this long: the workers are made anew. */
const stuckLimitMs = 60_000;
const queueConnections = Symbol('queue connections');

/** Starts the workers last and stops them first. */
class QueueLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly workers: QueueWorkers,
    private readonly watchdog: QueueWatchdog,
  ) {}

  onApplicationBootstrap(): void {
    this.workers.start();
    this.watchdog.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.watchdog.stop();
    await this.workers.stop();
  }
}

class ConnectionsShutdown implements OnApplicationShutdown {
  constructor(private readonly connections: RedisConnections) {}

  onApplicationShutdown(): void {
    this.connections.close();
  }
}

/**
 * Provides `JobSink` to the process and works off the queues of all jobs. It starts without Redis and takes up its work
 * when Redis comes; a catalogue with a gap stops the boot.
 */
@Global()
@Module({})
export class QueueModule {
  static forRoot(options: QueueOptions): DynamicModule {
    const { url, keyPrefix, definitions, handlers } = options;
    const prefix = redisKeys.jobs(keyPrefix);
    return {
      module: QueueModule,
      imports: [
        ...handlers.imports,
        // The registrar: workers start when the process is ready, and again when they are stuck.
        BullModule.forRoot({ connection: {}, extraOptions: { manualRegistration: true } }),
        BullModule.registerQueue(),
      ],
      providers: [
        {
          provide: JobCatalogue,
          useFactory: (...services: never[]) =>
            new JobCatalogue(definitions, handlers.useFactory(...services)),
          inject: handlers.inject,
        },
        ...connectionProviders(options),
        {
          provide: JobQueues,
          useFactory: (connections: RedisConnections) => new JobQueues(connections.open('jobs'), prefix),
          inject: [queueConnections],
        },
        { provide: JobSink, useExisting: JobQueues },
        {
          provide: JobRunner,
          useFactory: (catalogue: JobCatalogue, db: Db, log: Log, metrics: Metrics) =>
            new JobRunner(catalogue, new OutboxEvents(db), db, log, metrics),
          inject: [JobCatalogue, Db, Log, Metrics],
        },
        ...(url === undefined ? [] : workerProviders({ ...options, url }, prefix)),
      ],
      exports: [JobSink],
    };
  }
}

function connectionProviders({ url, connectionName }: QueueOptions): Provider[] {
  return [
    {
      provide: queueConnections,
      useFactory: (log: Log, health: Health) => {
        const connections = new RedisConnections({ url, connectionName }, log);
        if (connections.configured) {
          health.register({ name: 'redis-queue', gating: false, check: () => connections.ping() });
        }
        return connections;
      },
      inject: [Log, Health],
    },
    {
      provide: ConnectionsShutdown,
      useFactory: (connections: RedisConnections) => new ConnectionsShutdown(connections),
      inject: [queueConnections],
    },
  ];
}

function workerProviders(
  { url, lockMs, definitions }: QueueOptions & { url: string },
  prefix: string,
): Provider[] {
  const names = queuesOf(definitions);
  const reconnecting = { wanted: true };
  const processors = names.map((name) => processorOf(name, { url, prefix, lockMs, reconnecting }));
  return [
    ...processors,
    {
      provide: QueueWorkers,
      useFactory: (registrar: BullRegistrar, ...hosts: WorkerHost[]) =>
        new QueueWorkers(registrar, hosts, reconnecting),
      inject: [BullRegistrar, ...processors],
    },
    {
      provide: QueueWatchdog,
      useFactory: (
        queues: JobQueues,
        runner: JobRunner,
        workers: QueueWorkers,
        clock: Clock,
        log: Log,
        metrics: Metrics,
      ) =>
        new QueueWatchdog(
          {
            names,
            waiting: (name) => queues.waiting(name),
            lastFinished: (name) => runner.lastFinished(name),
            restart: () => workers.restart(),
          },
          clock,
          log,
          metrics,
          stuckLimitMs,
        ),
      inject: [JobQueues, JobRunner, QueueWorkers, Clock, Log, Metrics],
    },
    {
      provide: QueueLifecycle,
      useFactory: (workers: QueueWorkers, watchdog: QueueWatchdog) => new QueueLifecycle(workers, watchdog),
      inject: [QueueWorkers, QueueWatchdog],
    },
  ];
}

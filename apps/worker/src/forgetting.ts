import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { forgetAnswers } from '@parley/platform/idempotency';
import { Log, Metrics } from '@parley/platform/telemetry';
import { forgetRevisions } from '@parley/domain/messages';

const everyMs = 60_000;

/** Once a minute it removes what is kept for a time only and belongs to no job. Several workers do it side by side. */
@Injectable()
export class Forgetting implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private readonly answers;
  private readonly revisions;

  constructor(
    private readonly db: Db,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.answers = metrics.counter({
      name: 'idempotency_keys_forgotten_total',
      help: 'Answers under an Idempotency-Key whose day was over.',
    });
    this.revisions = metrics.counter({
      name: 'deleted_revisions_forgotten_total',
      help: 'Versions of deleted messages whose time for moderators was over.',
    });
  }

  onApplicationBootstrap(): void {
    this.start();
    this.timer = setInterval(() => this.start(), everyMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private start(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    try {
      this.answers.inc(await forgetAnswers(this.db));
      this.revisions.inc(await forgetRevisions(this.db));
    } catch (error) {
      this.log.warn('forgetting.failed', { error });
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectConfig, type ConfigOf } from '@parley/platform/config';
import { Log } from '@parley/platform/telemetry';
import { Connections } from './connections/connections';
import { Frame } from './connections/frame';
import { gatewayConfig } from './gateway.config';
import { Dispatcher } from './requests/dispatcher';
import { Edge } from './sockets/edge';

/** How long requests may still take when the time to leave is over. */
const lastAnswersMs = 1_000;
const lookEveryMs = 20;

/**
 * Sends the clients to the other gateways before this one ends: each gets a moment of its own to leave, so that they do not
 * all come back at once; whoever is still there at the end is closed with a code that says "come back".
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private ending = false;

  constructor(
    private readonly edge: Edge,
    private readonly connections: Connections,
    private readonly dispatcher: Dispatcher,
    private readonly log: Log,
    @InjectConfig(gatewayConfig) private readonly config: ConfigOf<typeof gatewayConfig>,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.ending = true;
    await this.sendAway(() => this.connections.size === 0);
    await this.until(() => this.connections.size === 0, lastAnswersMs);
  }

  /** Lets nobody in from now on. `enough` ends it early; whoever is still there after the drain time is closed. */
  async sendAway(enough: () => boolean): Promise<void> {
    const { drainMs } = this.config;
    this.edge.startDraining();
    this.log.info('gateway.draining', { connections: this.connections.size, drainMs });
    for (const connection of this.connections) {
      connection.send(Frame.of('drain', { afterMs: Math.floor(Math.random() * drainMs * 0.8) }));
    }
    await this.until(enough, drainMs);
    await this.until(() => this.dispatcher.inFlight === 0, lastAnswersMs);
    for (const connection of this.connections) connection.close(4000);
  }

  /** Lets clients in again, unless the gateway is about to end. */
  stop(): void {
    if (this.ending) return;
    this.edge.stopDraining();
    this.log.info('gateway.accepting');
  }

  private async until(condition: () => boolean, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!condition() && performance.now() < deadline) await delay(lookEveryMs);
  }
}

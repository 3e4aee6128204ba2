import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { limits, type ReadyData } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { Log } from '@parley/platform/telemetry';
import { SyncService } from '@parley/domain/sync';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { Frame } from '../connections/frame';
import { LiveDelivery } from '../live/live-delivery';
import { Session } from './session';

const expirySweepMs = 1_000;
const epochRetryMs = 500;

/** Opens and ends sessions. */
@Injectable()
export class Sessions implements OnApplicationShutdown {
  private readonly sweep = setInterval(() => this.endExpired(), expirySweepMs).unref();

  constructor(
    private readonly live: LiveDelivery,
    private readonly connections: Connections,
    private readonly sync: SyncService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** `ready` follows as the first event, when the audience is loaded; requests may come at once. */
  open(connection: Connection): Session {
    const session = new Session(connection);
    this.connections.add(connection);
    void this.load(session);
    this.report('socket.connected', session);
    return session;
  }

  close(session: Session, reason: string): void {
    session.end();
    this.connections.remove(session.connection);
    this.report('socket.disconnected', session, reason);
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweep);
  }

  private async load(session: Session): Promise<void> {
    // Asked before the audience: between its load and `ready` nothing may come.
    const epoch = await this.epoch(session);
    if (epoch === undefined) return;
    const { connection, actor } = session;
    session.enterAudience(
      (onLoaded) => this.live.enter(actor, onLoaded),
      () => {
        connection.send(this.readyFrame(connection, epoch));
        this.connections.startReceiving(connection);
      },
    );
  }

  /** While PostgreSQL is away the connection stays, without `ready`. */
  private async epoch(session: Session): Promise<string | undefined> {
    while (session.isOpen) {
      try {
        return await this.sync.epoch(session.actor.tenantId);
      } catch (error) {
        this.log.warn('session.epoch_failed', { error });
        await delay(epochRetryMs);
      }
    }
    return undefined;
  }

  private readyFrame({ id, actor }: Connection, epoch: string): Frame {
    const { frameMaxBytes, messageTextMaxBytes, syncMaxConversations, syncMaxEvents } = limits;
    return Frame.of('ready', {
      connectionId: id,
      userId: actor.userId,
      serverTime: this.clock.now().toISOString(),
      epoch,
      limits: { frameMaxBytes, messageTextMaxBytes, syncMaxConversations, syncMaxEvents },
    } satisfies ReadyData);
  }

  private endExpired(): void {
    const now = this.clock.now().getTime() / 1_000;
    for (const connection of this.connections) {
      if (connection.actor.expiresAt <= now) connection.close(4501);
    }
  }

  private report(event: 'socket.connected' | 'socket.disconnected', session: Session, reason?: string): void {
    const { tenantId, userId } = session.actor;
    this.log.debug(event, { connectionId: session.connection.id, tenantId, userId, reason });
  }
}

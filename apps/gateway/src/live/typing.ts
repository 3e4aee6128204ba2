import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { TypingChange } from '@parley/contracts/internal';
import { limits, type TypingUpdatedData } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';
import { Bus } from '@parley/platform/realtime';
import { Metrics } from '@parley/platform/telemetry';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { Frame } from '../connections/frame';
import { KeptApart } from './kept-apart';
import { LiveDelivery } from './live-delivery';
import { OpenConversations } from './open-conversations';
import { TypistList, type Typist } from './typist-list';

/** What typing has to do with the connections of this gateway. */
@Injectable()
export class TypingAudience {
  private readonly told;

  constructor(
    private readonly opened: OpenConversations,
    private readonly apart: KeptApart,
    readonly connections: Connections,
    readonly live: LiveDelivery,
    metrics: Metrics,
  ) {
    this.told = metrics.counter({
      name: 'typing_events_total',
      help: 'Users who began to type, went on, or stopped, as far as this gateway was told.',
      labelNames: ['typing'],
    });
  }

  isThere({ tenantId, conversationId }: TypingChange): boolean {
    return this.opened.isOpen(tenantId, conversationId);
  }

  /** To all who have the conversation open, but for the connection that it is from, and who is kept apart from the user there. */
  tell({ tenantId, conversationId, userId, typing }: TypingChange, from: Connection | undefined): void {
    this.told.inc({ typing: String(typing) });
    if (!this.opened.isOpen(tenantId, conversationId)) return;
    const expiresAfterMs = typing ? limits.typingTimeoutMs : 0;
    const data: TypingUpdatedData = { conversationId, userId, typing, expiresAfterMs };
    const frame = Frame.of('typing.updated', data);
    const key = `typing ${conversationId} ${userId}`;
    for (const viewer of this.opened.viewers(tenantId, conversationId)) {
      const isApart = this.apart.areApartIn(tenantId, conversationId, viewer.actor.userId, userId);
      if (viewer !== from && !isApart) viewer.sendLossy(key, frame);
    }
  }
}

/**
 * Who types where, as far as somebody here wants to know. Every gateway ends it by itself: the one that heard it may die.
 * It goes from memory to memory, over the bus alone.
 */
@Injectable()
export class Typing implements OnApplicationShutdown {
  private readonly typists: TypistList<Connection>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly audience: TypingAudience,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {
    this.typists = new TypistList(limits.typingTimeoutMs, limits.typingShownMaxUsers);
    audience.connections.onRemoved((connection) => {
      for (const typist of this.typists.of(connection)) this.end(typist);
    });
    audience.live.onLeft((tenantId, conversationId, userId) => {
      this.hear({ tenantId, conversationId, userId, typing: false });
    });
  }

  /** A connection's user, a member, types or goes on typing. */
  start(connection: Connection, conversationId: string): void {
    const { tenantId, userId } = connection.actor;
    const change = { tenantId, conversationId, userId, typing: true };
    if (!this.typists.start(change, this.clock.monotonicMs(), connection)) return;
    this.audience.tell(change, connection);
    this.bus.publishTyping(change);
    this.watch();
  }

  /** False: the user was not typing there. */
  stop({ actor: { tenantId, userId } }: Connection, conversationId: string): boolean {
    const typist = this.typists.get({ tenantId, conversationId, userId });
    if (typist !== undefined) this.end(typist);
    return typist !== undefined;
  }

  /** Of another gateway. */
  hear(change: TypingChange): void {
    const known = this.typists.get(change);
    if (change.typing) {
      if (!this.audience.isThere(change)) return;
      if (!this.typists.start(change, this.clock.monotonicMs())) return;
      this.watch();
    } else if (known === undefined) return;
    else this.typists.remove(known);
    this.audience.tell(change, undefined);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private end(typist: Typist<Connection>): void {
    this.typists.remove(typist);
    const stopped = { ...typist.place, typing: false };
    this.audience.tell(stopped, typist.from);
    this.bus.publishTyping(stopped);
  }

  private watch(): void {
    const { firstEnd } = this.typists;
    if (this.timer !== undefined || firstEnd === undefined) return;
    const waitMs = Math.max(0, firstEnd - this.clock.monotonicMs());
    this.timer = setTimeout(() => this.expire(), waitMs).unref();
  }

  private expire(): void {
    this.timer = undefined;
    for (const typist of this.typists.takeEnded(this.clock.monotonicMs())) {
      this.audience.tell({ ...typist.place, typing: false }, typist.from);
    }
    this.watch();
  }
}

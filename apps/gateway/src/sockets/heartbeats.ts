import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { limits } from '@parley/contracts/wire';
import { Clock } from '@parley/platform/clock';

/** A connection that is asked whether it is still there. */
export interface Beating {
  /** It said something since it was asked. */
  isAlive: boolean;
  ping(): void;
  terminate(): void;
}

const tickMs = 100;
const ticksOfInterval = limits.pingIntervalMs / tickMs;
const ticksOfTimeout = limits.pingTimeoutMs / tickMs;
/**
 * After a time in which this process stood still the wheel goes on at its own pace: what was answered meanwhile is read
 * between two turns, so that nobody is taken for dead whose answer is here already.
 */
const maxTicksAtOnce = 20;

/**
 * Asks every connection each `pingIntervalMs` whether it is there, and ends it without an answer after `pingTimeoutMs`: one
 * timer and a wheel of slots for all, where two timers for each would be most of what an idle connection costs.
 */
@Injectable()
export class Heartbeats implements OnApplicationShutdown {
  private readonly slots = Array.from({ length: ticksOfInterval }, () => new Set<Beating>());
  private readonly startedAt: number;
  private ticks = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly clock: Clock) {
    this.startedAt = clock.monotonicMs();
    this.timer = setInterval(() => this.turn(), tickMs).unref();
  }

  /** It is asked for the first time after one interval. Returns its place, which `remove` needs. */
  add(connection: Beating): number {
    const place = this.ticks % ticksOfInterval;
    this.slots[place]?.add(connection);
    return place;
  }

  remove(connection: Beating, place: number): void {
    this.slots[place]?.delete(connection);
  }

  /** Does what became due by now. */
  turn(): void {
    const due = Math.floor((this.clock.monotonicMs() - this.startedAt) / tickMs);
    for (const last = Math.min(due, this.ticks + maxTicksAtOnce); this.ticks < last;) this.tick();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const slot of this.slots) for (const connection of slot) connection.terminate();
  }

  private tick(): void {
    this.ticks += 1;
    for (const connection of this.slotBefore(ticksOfTimeout)) if (!connection.isAlive) connection.terminate();
    for (const connection of this.slotBefore(0)) {
      connection.isAlive = false;
      connection.ping();
    }
  }

  private slotBefore(ticks: number): ReadonlySet<Beating> {
    return this.slots[(this.ticks - ticks + ticksOfInterval) % ticksOfInterval] ?? new Set();
  }
}

import type { TailMessage } from '@parley/contracts/internal';
import { TailWatermark } from './tail-watermark';

/** Without a tail from the worker for this long the gateway reads it itself, … */
export const silenceMs = 3_000;
/** … this often. */
export const ownReadEveryMs = 1_000;

/** Why a gateway read the tail itself. */
export type OwnReadReason = 'start' | 'gap' | 'silence';

export interface TailPorts {
  monotonicMs(): number;
  /** What was committed since the last reading; null begins at the present. */
  read(watermark: number | null): AsyncIterable<TailMessage>;
  /** What a tail says, once or several times. Must not throw. */
  take(tail: TailMessage): void;
  reading(reason: OwnReadReason): void;
  failed(error: unknown): void;
}

/**
 * Follows what is committed, by the worker's tails or, where those fail to come or leave a time out, by its own readings.
 * Both look back further than they must, so that most of what they say is known already.
 */
export class TailFollower {
  private readonly watermark = new TailWatermark();
  private running = false;
  private behind = false;
  private heardAt: number;
  private readAt = -Infinity;
  private advancedAt: number;
  private ownAdvancedAt = -Infinity;
  private heard = false;

  constructor(private readonly ports: TailPorts) {
    this.heardAt = this.advancedAt = ports.monotonicMs();
  }

  /** A tail of the worker came lately, whether it joined on to what is known or not. */
  get workerIsHeard(): boolean {
    return this.heard && this.ports.monotonicMs() - this.heardAt < silenceMs;
  }

  /** Where the knowledge comes from at the moment. */
  get source(): 'worker' | 'own' | 'none' {
    if (this.workerIsHeard && !this.behind) return 'worker';
    const now = this.ports.monotonicMs();
    return now - this.ownAdvancedAt < silenceMs ? 'own' : 'none';
  }

  /** Milliseconds since the knowledge was complete. */
  get lagMs(): number {
    return this.ports.monotonicMs() - this.advancedAt;
  }

  /** A tail of the worker. */
  hear(tail: TailMessage): void {
    this.heard = true;
    this.heardAt = this.ports.monotonicMs();
    this.ports.take(tail);
    if (tail.glance !== true) {
      if (this.watermark.advance(tail)) this.advancedAt = this.heardAt;
      else this.behind = true;
    }
    if (this.behind) void this.look();
  }

  /** Reads what has to be read. Call it a few times a second; it resolves when that reading is over. */
  async look(): Promise<void> {
    const now = this.ports.monotonicMs();
    const reason = this.reason(now);
    if (this.running || reason === undefined || now - this.readAt < ownReadEveryMs) return;
    this.running = true;
    this.readAt = now;
    this.ports.reading(reason);
    try {
      await this.readOn();
      this.behind = false;
    } catch (error) {
      this.ports.failed(error);
    }
    this.running = false;
  }

  private reason(now: number): OwnReadReason | undefined {
    if (this.watermark.value === null) return 'start';
    if (this.behind) return 'gap';
    return now - this.heardAt >= silenceMs ? 'silence' : undefined;
  }

  private async readOn(): Promise<void> {
    for await (const tail of this.ports.read(this.watermark.value)) {
      this.ports.take(tail);
      this.watermark.advance(tail);
    }
    this.advancedAt = this.ownAdvancedAt = this.ports.monotonicMs();
  }
}

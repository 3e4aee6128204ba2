import type { Decision, LimitRequest, LimitRow } from './rate-limiter.types';

/** Who waits for an answer. */
export interface Waiting {
  request: LimitRequest;
  keys: readonly string[];
  cost: number;
  resolve: (decision: Decision) => void;
  reject: (error: unknown) => void;
}

/** Tokens that are taken whatever the bucket holds: they were given in advance. 0 only looks. */
export interface Charge {
  row: LimitRow;
  tokens: number;
}

/** One call: the charges first, so that who asks is judged by them, and then a look at what the asking have left. */
export interface Batch {
  charges: ReadonlyMap<string, Charge>;
  asked: readonly Waiting[];
}

/** A script call holds Redis up for about a microsecond per row, and a script takes only so many keys. */
const requestsPerCallMax = 256;

const none: Batch = { charges: new Map(), asked: [] };

/** What one tenant asks: at most one call is under way, what comes meanwhile and soon after goes out together. */
export class TenantQueue {
  waiting: Waiting[] = [];
  /** Under way. */
  called: Batch = none;
  /** A call is due at the end of the turn, or under way. */
  isBusy = false;
  /** The next call goes out no earlier; on the clock of `performance.now()`. */
  freeAt = 0;
  /** What has waited longest was charged then. */
  chargedAt = 0;
  /** Wakes it for its next call, or for its end. */
  timer: NodeJS.Timeout | undefined;
  private readonly charges = new Map<string, Charge>();
  /** Requests without an answer, by their first bucket. */
  private readonly asking = new Map<string, number>();

  constructor(readonly tenantId: string) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.charges.size === 0;
  }

  /** Whether somebody still waits for this bucket: who comes later must not be told earlier. */
  isAsking(key: string): boolean {
    return this.asking.has(key);
  }

  ask(waiting: Waiting): void {
    this.waiting.push(waiting);
    const [key = ''] = waiting.keys;
    this.asking.set(key, (this.asking.get(key) ?? 0) + 1);
  }

  charge(key: string, row: LimitRow, tokens: number): void {
    if (this.charges.size === 0) this.chargedAt = performance.now();
    const charge = this.charges.get(key);
    if (charge === undefined) this.charges.set(key, { row, tokens });
    else charge.tokens += tokens;
  }

  /** Tokens of this bucket that are charged and not confirmed. */
  unconfirmed(key: string): number {
    return (this.charges.get(key)?.tokens ?? 0) + (this.called.charges.get(key)?.tokens ?? 0);
  }

  /** What goes out now; it is `called` until the next one. */
  takeBatch(): Batch {
    const charges = new Map<string, Charge>();
    for (const [key, charge] of this.charges) {
      if (charges.size === requestsPerCallMax) break;
      charges.set(key, charge);
      this.charges.delete(key);
    }
    this.called = { charges, asked: this.waiting.splice(0, requestsPerCallMax) };
    return this.called;
  }

  /** Its answer is there. */
  settle(): void {
    for (const waiting of this.called.asked) this.answered(waiting);
    this.called = none;
  }

  private answered({ keys: [key = ''] }: Waiting): void {
    const left = (this.asking.get(key) ?? 0) - 1;
    if (left > 0) this.asking.set(key, left);
    else this.asking.delete(key);
  }
}

import type { BusEvent } from '@parley/contracts/internal';

/** Runs `fn` once after `ms`; the returned function calls it off. */
export type Schedule = (fn: () => void, ms: number) => () => void;

export interface SequencerPorts {
  /** Called for each event in seq order, once; `again` after a rewind, for events that were delivered before. */
  deliver(event: BusEvent, again: boolean): void;
  /** Reads what was committed at these seqs, both ends inclusive. */
  repair(from: number, to: number): Promise<BusEvent[]>;
  /** Told when these seqs could not be had: what follows is delivered without them. */
  skipped(from: number, to: number): void;
  schedule: Schedule;
}

/** How long an event that is ahead waits for those before it: most are out of order for less than 10 ms. */
export const reorderWaitMs = 50;
/** One repair read at most. */
export const repairMaxEvents = 500;
/** Events ahead that are kept; beyond, only their seq is, and they are read. */
export const aheadMaxEvents = 1_000;
const repairBackoffMs = { first: 100, max: 5_000 } as const;
const emptyReadsBeforeSkip = 3;

/**
 * Puts the events of one conversation into seq order. What comes ahead waits for up to 50 ms; then the hole is read once
 * from PostgreSQL. Duplicates are dropped.
 */
export class Sequencer {
  private readonly ahead = new Map<number, BusEvent>();
  private cancelTimer: (() => void) | undefined;
  private repairing = false;
  private stopped = false;
  private failures = 0;
  private emptyReads = 0;
  private known: number;
  private reached: number;

  /** `last`: where delivery stands; the next event to deliver is `last + 1`. */
  constructor(
    private last: number,
    private readonly ports: SequencerPorts,
  ) {
    this.known = last;
    this.reached = last;
  }

  /** The seq that was delivered last. */
  get position(): number {
    return this.last;
  }

  /** The newest seq that was ever delivered: ahead of `position` only after a rewind. */
  get highest(): number {
    return this.reached;
  }

  /** Nothing is known to be missing. */
  get isCaughtUp(): boolean {
    return this.last >= this.known;
  }

  offer(event: BusEvent): void {
    if (this.stopped || event.seq <= this.last) return;
    this.known = Math.max(this.known, event.seq);
    if (event.seq === this.last + 1) {
      this.advance(event);
      this.deliverWaiting();
    } else if (this.ahead.size < aheadMaxEvents) {
      this.ahead.set(event.seq, event);
    }
    this.watch(reorderWaitMs);
  }

  /** The conversation is known to stand here: what is missing up to it will be read. */
  noteHead(seq: number): void {
    this.known = Math.max(this.known, seq);
    this.watch(reorderWaitMs);
  }

  /** Delivers again from behind `seq`: for a member whose events went by. The caller keeps the others from getting them twice. */
  rewind(seq: number): void {
    if (seq >= this.last) return;
    this.last = seq;
    this.cancel();
    this.watch(0);
  }

  stop(): void {
    this.stopped = true;
    this.ahead.clear();
    this.cancel();
  }

  private advance(event: BusEvent): void {
    this.ahead.delete(event.seq);
    this.last = event.seq;
    this.emptyReads = 0;
    const again = event.seq <= this.reached;
    this.reached = Math.max(this.reached, event.seq);
    this.ports.deliver(event, again);
  }

  private deliverWaiting(): void {
    while (!this.stopped) {
      const next = this.ahead.get(this.last + 1);
      if (next === undefined) return;
      this.advance(next);
    }
  }

  private cancel(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  /** Sees to it that a hole is looked after: once `waitMs` have passed in which it was not filled. */
  private watch(waitMs: number): void {
    if (this.stopped || this.isCaughtUp) {
      this.cancel();
      return;
    }
    if (this.cancelTimer !== undefined || this.repairing) return;
    const due = this.known;
    this.cancelTimer = this.ports.schedule(() => {
      this.cancelTimer = undefined;
      // What was known and still lacks has had its time, however many holes it is: each waiting for itself would let a
      // busy conversation fall behind. What came to be known since then has its own 50 ms.
      if (this.last < due) void this.repair(due);
      else this.watch(reorderWaitMs);
    }, waitMs);
  }

  private async repair(due: number): Promise<void> {
    const from = this.last + 1;
    const to = this.lastMissing(from, Math.min(due, from + repairMaxEvents - 1));
    this.repairing = true;
    let waitMs: number;
    try {
      this.take(await this.ports.repair(from, to), to);
      this.failures = 0;
      // A long hole is read page by page without a pause.
      waitMs = this.last >= to && this.last < due ? 0 : reorderWaitMs;
    } catch {
      this.failures += 1;
      waitMs = Math.min(repairBackoffMs.first * 2 ** (this.failures - 1), repairBackoffMs.max);
    }
    this.repairing = false;
    this.watch(waitMs);
  }

  /** The end of what has to be read: those at the end that are here already are not. */
  private lastMissing(from: number, to: number): number {
    let end = to;
    while (end > from && this.ahead.has(end)) end -= 1;
    return end;
  }

  private take(events: BusEvent[], to: number): void {
    const before = this.last;
    for (const event of events) {
      if (this.stopped) return;
      if (event.seq === this.last + 1) this.advance(event);
      else if (event.seq > this.last) this.ahead.set(event.seq, event);
    }
    this.deliverWaiting();
    if (!this.stopped && this.last === before) this.countEmptyRead(to);
  }

  // What is committed can be read. Should it ever be gone, one hole must not stop a conversation for good.
  private countEmptyRead(to: number): void {
    this.emptyReads += 1;
    if (this.emptyReads < emptyReadsBeforeSkip) return;
    const from = this.last + 1;
    let end = to;
    for (const seq of this.ahead.keys()) if (seq >= from) end = Math.min(end, seq - 1);
    this.last = end;
    this.reached = Math.max(this.reached, end);
    this.emptyReads = 0;
    this.ports.skipped(from, end);
    this.deliverWaiting();
  }
}

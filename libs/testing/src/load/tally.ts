import { Latency } from './latency';
import { fingerprint, type MessageKey } from './message-key';

/** What was acked, or delivered, of one conversation: how many, and the sum of their fingerprints. */
export interface Marks {
  count: number;
  print: number;
}

export function mark(marks: Marks, seq: number, key: MessageKey): void {
  marks.count += 1;
  marks.print = (marks.print + fingerprint(seq, key)) >>> 0;
}

/** What all clients of one generator have in common: what they measure, and what went wrong. */
export class Tally {
  ackLatency = new Latency();
  deliveryLatency = new Latency();
  readonly acked = new Map<string, Marks>();
  readonly refusals = new Map<string, number>();
  /** Seqs that came twice or late, seqs that were left out, events that nobody of us sent. */
  duplicates = 0;
  holes = 0;
  strangers = 0;
  acks = 0;
  deliveries = 0;
  closed = 0;
  lastFrameMicros = 0;
  /** Between these two due times latencies count, and acks and deliveries are counted as they come. */
  private from = Infinity;
  private to = Infinity;
  acksInWindow = 0;
  deliveriesInWindow = 0;

  /** Forgets figures and errors, but not what was acked and delivered: that is compared from connection to end. */
  begin(from: number, to: number): void {
    this.from = from;
    this.to = to;
    this.ackLatency = new Latency();
    this.deliveryLatency = new Latency();
    this.refusals.clear();
    this.duplicates = this.holes = this.strangers = this.closed = 0;
    this.acks = this.deliveries = this.acksInWindow = this.deliveriesInWindow = 0;
  }

  ack(conversation: string, seq: number, key: MessageKey, now: number): void {
    this.acks += 1;
    if (now >= this.from && now < this.to) this.acksInWindow += 1;
    if (this.counts(key)) this.ackLatency.record(now - key.dueMicros);
    let marks = this.acked.get(conversation);
    if (marks === undefined) this.acked.set(conversation, (marks = { count: 0, print: 0 }));
    mark(marks, seq, key);
  }

  delivery(key: MessageKey, now: number): void {
    this.deliveries += 1;
    if (now >= this.from && now < this.to) this.deliveriesInWindow += 1;
    if (this.counts(key)) this.deliveryLatency.record(now - key.dueMicros);
  }

  refuse(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  private counts({ dueMicros }: MessageKey): boolean {
    return dueMicros >= this.from && dueMicros < this.to;
  }
}

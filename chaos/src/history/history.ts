import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Call, HistoryRecord, Result } from './history.types';

/** A record without its time; the history adds that. */
export type Untimed = HistoryRecord extends infer R
  ? R extends { t: number }
    ? Omit<R, 't'>
    : never
  : never;

const flushEveryMs = 500;

/**
 * Everything that happened in a run, in the order in which the driver saw it: in memory for the checker, and as JSON lines in a
 * file that is only ever appended to, for whoever looks into a failed run.
 */
export class History {
  readonly records: HistoryRecord[] = [];
  private readonly startedAt = performance.now();
  private readonly descriptor: number | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private written = 0;
  private ops = 0;

  constructor(file?: string) {
    if (file === undefined) return;
    this.descriptor = openSync(file, 'ax');
    this.timer = setInterval(() => this.flush(), flushEveryMs).unref();
  }

  /** Milliseconds since the beginning of the run. */
  get now(): number {
    return Math.round((performance.now() - this.startedAt) * 1_000) / 1_000;
  }

  add(record: Untimed): void {
    this.records.push({ t: this.now, ...record });
  }

  /** Notes the beginning of a call, which must be before its first byte leaves; the returned functions note its one end. */
  invoke(client: string, user: string, call: Call): OpenCall {
    this.ops += 1;
    const op = this.ops;
    this.add({ type: 'invoke', op, client, user, call });
    return {
      ok: (result) => this.add({ type: 'ok', op, result }),
      fail: (code) => this.add({ type: 'fail', op, code }),
      unknown: (reason) => this.add({ type: 'unknown', op, reason }),
    };
  }

  close(): void {
    clearInterval(this.timer);
    if (this.descriptor === undefined) return;
    this.flush();
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
  }

  private flush(): void {
    if (this.descriptor === undefined || this.written === this.records.length) return;
    const lines = this.records.slice(this.written).map((record) => `${JSON.stringify(record)}\n`);
    this.written = this.records.length;
    writeSync(this.descriptor, lines.join(''));
  }
}

export interface OpenCall {
  ok(result: Result): void;
  fail(code: string): void;
  unknown(reason: string): void;
}

/** Reads a history back; a torn last line, as a killed driver leaves it, is left out. */
export function readHistory(file: string): HistoryRecord[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryRecord);
}

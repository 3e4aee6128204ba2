import type { MessageSendInput, SendResult } from '@parley/contracts/wire';
import { backoffMs, type Random } from '../connection/backoff';
import { requestTimeoutMs } from '../connection/persistent-request';
import type { Connection } from '../connection/transport';
import {
  ParleyError,
  clientClosed,
  connectionLost,
  messageCancelled,
  outboxFailed,
  toParleyError,
} from '../parley-error';
import { Lanes, type Entry, type Lane } from './lanes';
import type { OutboxRecord, OutboxStorage } from './outbox.storage';
import type { MessageSettled, PendingMessage } from './outbox.types';
import { Pace, type PaceOptions } from './pace';
import { randomId } from './random-id';

const inFlightMax = 8;

export interface OutboxHooks {
  /** The server refused the token of this connection. */
  tokenRefused(error: ParleyError): void;
  /** Also for what an earlier process sent; told again after a restart when this process ends right after it. */
  settled(settled: MessageSettled): void;
}

/**
 * Messages on their way. Each is stored before it is first sent, and sent with the same key until the server says yes or a
 * definite no: no answer in time means that the outcome is not known, never that it failed.
 */
export class Outbox {
  private readonly lanes = new Lanes();
  private readonly pace: Pace;
  private connection: Connection | undefined;
  private loaded: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastOrder = 0;
  private inFlight = 0;
  private pausedUntil = 0;

  constructor(
    private readonly storage: OutboxStorage,
    pace: PaceOptions,
    private readonly random: Random,
    private readonly hooks: OutboxHooks,
  ) {
    this.pace = new Pace(pace);
  }

  /** Messages that have no answer yet. */
  get size(): number {
    return this.lanes.entries().length;
  }

  /** Those messages, with what an earlier process left. Rejects with `outbox.failed`. */
  async pending(): Promise<PendingMessage[]> {
    await this.load();
    return this.lanes.entries().map(({ record, tried }) => ({ input: record.input, attempted: tried }));
  }

  /** Reads what an earlier process left. */
  open(): void {
    // A failure is told to whoever sends or asks; the next one of them tries again.
    this.load().catch(() => undefined);
  }

  /** Resolves when the server has stored the message; rejects when it definitely will not, or at `close`. */
  add(input: MessageSendInput): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      const record = { id: randomId(), order: 0, input, attempted: false };
      const entry: Entry = { record, state: 'storing', tried: false, attempts: 0, resolve, reject };
      this.lanes.push(entry);
      this.store(entry).catch((error: unknown) => {
        this.lanes.drop(entry);
        reject(outboxFailed(error));
        this.pump();
      });
    });
  }

  /** True when the message was never tried, and so will never be sent; false when it is too late, or unknown. */
  async cancel(conversationId: string, clientMessageId: string): Promise<boolean> {
    await this.load();
    const entries = this.lanes.entries().filter(({ record: { input } }) => {
      return input.conversationId === conversationId && input.clientMessageId === clientMessageId;
    });
    if (entries.length === 0 || entries.some(({ tried }) => tried)) return false;
    await Promise.all(entries.map((entry) => this.withdraw(entry)));
    return true;
  }

  resume(connection: Connection): void {
    this.connection = connection;
    for (const lane of this.lanes.all()) lane.notBefore = 0;
    this.open();
    this.pump();
  }

  pause(): void {
    this.connection = undefined;
    clearTimeout(this.timer);
  }

  /** Rejects all that waits; what was on its way may have been stored, and what is kept is sent after the next start. */
  close(): void {
    this.pause();
    this.loaded = undefined;
    for (const entry of this.lanes.clear()) entry.reject?.(clientClosed());
  }

  private load(): Promise<void> {
    if (this.loaded) return this.loaded;
    const loading: Promise<void> = this.storage.load().then(
      (records) => {
        if (loading === this.loaded) this.restore(records);
      },
      (error: unknown) => {
        if (loading === this.loaded) this.loaded = undefined;
        throw outboxFailed(error);
      },
    );
    this.loaded = loading;
    return loading;
  }

  private restore(records: OutboxRecord[]): void {
    const sorted = [...records].sort((a, b) => a.order - b.order);
    this.lastOrder = Math.max(this.lastOrder, sorted.at(-1)?.order ?? 0);
    this.lanes.pushBefore(
      sorted.map((record) => ({ record, state: 'ready', tried: record.attempted, attempts: 0 })),
    );
    this.pump();
  }

  private async store(entry: Entry): Promise<void> {
    const loading = this.load();
    await loading;
    // Closed meanwhile, and told so.
    if (loading !== this.loaded) return;
    this.lastOrder += 1;
    // With a connection it goes out in a moment: one write says both that it is there and that it may be tried.
    const attempted = this.connection !== undefined;
    entry.record = { ...entry.record, order: this.lastOrder, attempted };
    await this.storage.put(entry.record);
    if (entry.state === 'storing') entry.state = 'ready';
    this.pump();
  }

  private async withdraw(entry: Entry): Promise<void> {
    entry.state = 'cancelling';
    try {
      await this.storage.remove(entry.record.id);
    } catch (error) {
      entry.state = 'ready';
      this.pump();
      throw outboxFailed(error);
    }
    this.tellRefused(entry, messageCancelled());
    this.pump();
  }

  private pump(): void {
    clearTimeout(this.timer);
    if (!this.connection) return;
    let soonest = Infinity;
    for (const lane of this.lanes.all()) {
      const [entry] = lane.entries;
      if (entry?.state !== 'ready') continue;
      const wait = Math.max(lane.notBefore - Date.now(), this.pausedUntil - Date.now(), this.pace.waitMs());
      if (wait > 0) soonest = Math.min(soonest, wait);
      else if (this.inFlight < inFlightMax) this.transmit(lane, entry);
    }
    if (soonest < Infinity) this.timer = setTimeout(() => this.pump(), soonest);
  }

  private transmit(lane: Lane, entry: Entry): void {
    this.lanes.defer(lane);
    this.pace.take();
    this.inFlight += 1;
    entry.state = 'sending';
    entry.tried = true;
    entry.attempts += 1;
    this.attempt(entry)
      .then(
        (result) => this.succeeded(entry, result),
        (thrown: unknown) => this.failed(lane, entry, toParleyError(thrown)),
      )
      .finally(() => {
        entry.state = 'ready';
        this.inFlight -= 1;
        this.pump();
      })
      .catch((error: unknown) => entry.reject?.(toParleyError(error)));
  }

  private async attempt(entry: Entry): Promise<SendResult> {
    const { record } = entry;
    if (record.refusal) throw new ParleyError(record.refusal);
    if (!record.attempted) await this.rewrite(entry, { attempted: true });
    if (!this.connection) throw connectionLost();
    return this.connection.request('message.send', record.input, requestTimeoutMs);
  }

  private async rewrite(entry: Entry, change: Partial<OutboxRecord>): Promise<void> {
    const record = { ...entry.record, ...change };
    await this.storage.put(record);
    entry.record = record;
  }

  private succeeded(entry: Entry, result: SendResult): void {
    if (this.lanes.drop(entry)) {
      entry.resolve?.(result);
      this.hooks.settled({ ok: true, input: entry.record.input, result });
    }
    this.forget(entry);
  }

  private async failed(lane: Lane, entry: Entry, error: ParleyError): Promise<void> {
    if (error.aboutToken) {
      lane.notBefore = Date.now() + backoffMs(entry.attempts, this.random);
      return this.hooks.tokenRefused(error);
    }
    if (!error.retryable) return this.refused(entry, error);
    lane.notBefore = Date.now() + backoffMs(entry.attempts - 1, this.random);
    // Slow mode is the conversation's own: the others go on.
    if (error.code === 'message.slow_mode') {
      lane.notBefore = Math.max(lane.notBefore, Date.now() + (error.retryAfterMs ?? 0));
      return;
    }
    // Limits count per user: every conversation waits.
    if (error.retryAfterMs !== undefined) this.pausedUntil = Date.now() + error.retryAfterMs;
  }

  private async refused(entry: Entry, error: ParleyError): Promise<void> {
    if (!entry.record.refusal) {
      const { code, message, retryable, issues } = error;
      // Once told it must never be sent, and a process that ends before it has told it must tell it later. A storage that
      // fails here can delay neither.
      await this.rewrite(entry, { refusal: { code, message, retryable, issues } }).catch(() => undefined);
    }
    // After a close meanwhile, the next start tells it.
    if (this.tellRefused(entry, error)) this.forget(entry);
  }

  private tellRefused(entry: Entry, error: ParleyError): boolean {
    if (!this.lanes.drop(entry)) return false;
    entry.reject?.(error);
    this.hooks.settled({ ok: false, input: entry.record.input, error });
    return true;
  }

  private forget(entry: Entry): void {
    // What could not be removed is sent once more after the next start, with the same key.
    this.storage.remove(entry.record.id).catch(() => undefined);
  }
}

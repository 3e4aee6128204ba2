import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@parley/contracts/wire';
import { databaseError, readFailure, type Hot } from '@parley/platform/database';
import { timelineSend, timelineSendOne, type SendOutcomeRow } from './timeline.functions';

/** One send as `timeline_send` takes it; the fields' names are short because they are repeated in every row. */
export interface SendRow {
  c: string;
  id: string;
  s: string;
  k: string;
  h: string;
  kind: string;
  t: string;
  rs?: number | undefined;
  ri?: string | undefined;
  ts?: number | undefined;
  ti?: string | undefined;
  m?: unknown;
  md?: unknown;
}

/** What became of a send. `repeated`: an earlier attempt of this process may have stored what is a duplicate now. */
export interface SendOutcome extends Omit<SendOutcomeRow, 'i'> {
  repeated: boolean;
}

interface Waiting {
  tenantId: string;
  row: SendRow;
  resolve: (outcome: SendOutcome) => void;
  reject: (error: unknown) => void;
}

export const batchMaxRows = 64;
const pipelineDepth = 2;
/**
 * Batches of a busy lane begin so far apart unless they are full, in milliseconds: a call costs as much as many rows. Where
 * one or two come at a time nobody waits for others, nor for a timer, which may take twice as long.
 */
const gatherMs = 2;
const fewRows = 2;
/** A send that would wait longer is refused at once, in milliseconds: its client is better off coming back (F13). */
const waitMaxMs = 2_000;
/**
 * A burst may wait so long; a queue that stands may not, for it delays everybody and carries nothing more. It stands when so
 * many batches in a row have left some waiting, and then a send waits no longer than this, in milliseconds (the idea of
 * CoDel: a good queue empties itself, Nichols and Jacobson 2012).
 */
export const standingBatches = 16;
export const standingWaitMaxMs = 100;
/** Another connection takes over where more than this waits, or where a batch has been under way so long, in milliseconds. */
export const crowdedRows = 16 * batchMaxRows;
export const stuckMs = 250;
/** Bounds memory and the refusals' first second, whatever the speed. */
const waitingMax = 4_096;
const overloadRetryMs = 500;
/** How long a batch is tried again while PostgreSQL is away; a request must be answered within 3 s (F8), the last try included. */
const retryForMs = 1_500;

/**
 * Group commit of one lane. All sends of a conversation take the same lane of the process, and a lane is one connection:
 * sends keep the order in which they came, and batches of one process never wait for each other's locks. An idle lane
 * flushes at once; a busy one gathers until its batch is answered, for 2 ms at least where more than two came, or until the
 * next one is full.
 */
export class SendLane {
  private waiting: Waiting[] = [];
  private readonly startedAt = new Set<{ at: number }>();
  private rowsUnderWay = 0;
  private answeredAt = 0;
  private lastMs = 0;
  private averageMs = 0;
  /** What a batch takes when enough waits: fewer than 64 where many tenants share the lane. */
  private rowsPerBatch: number = batchMaxRows;
  /** Batches since one took all that waited. */
  private leftSome = 0;
  private flushScheduled = false;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly hot: Hot,
    private readonly lane: number,
    private readonly handlers: readonly string[],
  ) {}

  /** Sends that wait for their batch. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Whether another connection should take what comes now. */
  get crowded(): boolean {
    return this.waiting.length >= crowdedRows || this.oldestMs() > stuckMs;
  }

  /** Whether so few are under way that what comes now had better not wait for their commit. */
  get storesFew(): boolean {
    return this.rowsUnderWay > 0 && this.rowsUnderWay <= fewRows;
  }

  /** @throws AppError `service.overloaded` where a send that comes now would wait too long. */
  assertRoom(): void {
    const maxMs = this.leftSome >= standingBatches ? standingWaitMaxMs : waitMaxMs;
    if (this.waiting.length < waitingMax && this.expectedWaitMs() <= maxMs) return;
    const retryAfterMs = overloadRetryMs + Math.round(Math.random() * overloadRetryMs);
    throw new AppError('service.overloaded', { retryAfterMs });
  }

  /** @throws AppError `service.overloaded` */
  send(tenantId: string, row: SendRow): Promise<SendOutcome> {
    return new Promise((resolve, reject) => {
      this.assertRoom();
      this.waiting.push({ tenantId, row, resolve, reject });
      this.scheduleFlush();
    });
  }

  /** How long a send that comes now would wait for its turn, as far as the batches under way and the last one tell. */
  private expectedWaitMs(): number {
    if (this.startedAt.size === 0) return 0;
    const oldestMs = this.oldestMs();
    // One slow batch is not yet a slow lane, and one quick batch is the end of it.
    const usualMs = Math.min(this.lastMs, this.averageMs);
    // One that is late says nothing of those behind it, until it is stuck.
    const batchMs = oldestMs > stuckMs ? Math.max(usualMs, oldestMs) : usualMs;
    const batches = this.startedAt.size - 1 + Math.ceil((this.waiting.length + 1) / this.rowsPerBatch);
    // It will take as long again as it has taken, for all anybody knows.
    return batches * batchMs + Math.max(0, oldestMs - batchMs);
  }

  /** For how long PostgreSQL has had the oldest batch under way: one behind another is not looked at before its turn. */
  private oldestMs(): number {
    const [oldest] = this.startedAt;
    return oldest === undefined ? 0 : this.sinceTurn(oldest.at);
  }

  private sinceTurn(startedAt: number): number {
    return performance.now() - Math.max(startedAt, this.answeredAt);
  }

  private scheduleFlush(): void {
    if (this.flushScheduled || this.waiting.length === 0) return;
    const mayPipeline = this.startedAt.size < pipelineDepth && this.waiting.length >= batchMaxRows;
    if (this.startedAt.size > 0 && !mayPipeline) return;
    if (this.gathering !== undefined && this.waiting.length < batchMaxRows) return;
    this.flushScheduled = true;
    // After the I/O of this turn of the loop: what arrived together goes together.
    setImmediate(() => {
      this.flushScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    const batch = this.takeBatch();
    if (batch.length === 0) return;
    const start = { at: performance.now() };
    this.startedAt.add(start);
    this.rowsUnderWay += batch.length;
    this.gather(batch.length);
    void this.store(batch).finally(() => {
      this.startedAt.delete(start);
      this.rowsUnderWay -= batch.length;
      this.lastMs = this.sinceTurn(start.at);
      this.answeredAt = performance.now();
      this.averageMs += (this.lastMs - this.averageMs) / 4;
      this.scheduleFlush();
    });
    this.scheduleFlush();
  }

  private gather(rows: number): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (rows <= fewRows) return;
    this.gathering = setTimeout(() => {
      this.gathering = undefined;
      this.scheduleFlush();
    }, gatherMs);
  }

  /** Up to 64 waiting rows of the first one's tenant; a key that is in the batch already waits for the next one. */
  private takeBatch(): Waiting[] {
    const tenantId = this.waiting[0]?.tenantId;
    const keys = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let looked = 0;
    for (; looked < this.waiting.length && batch.length < batchMaxRows; looked += 1) {
      const item = this.waiting[looked];
      if (item === undefined) break;
      const key = `${item.row.c} ${item.row.k} ${item.row.s}`;
      if (item.tenantId === tenantId && !keys.has(key)) {
        keys.add(key);
        batch.push(item);
      } else {
        rest.push(item);
      }
    }
    // Most of a long queue is not looked at: its keys are made when its turn comes.
    this.waiting = rest.concat(this.waiting.slice(looked));
    this.leftSome = this.waiting.length === 0 ? 0 : this.leftSome + 1;
    const heldByTenants = batch.length < batchMaxRows && rest.some((item) => item.tenantId !== tenantId);
    this.rowsPerBatch += ((heldByTenants ? batch.length : batchMaxRows) - this.rowsPerBatch) / 4;
    return batch;
  }

  private async store(batch: Waiting[]): Promise<void> {
    try {
      const { outcomes, repeated } = await this.call(batch);
      // Field by field: copying the rest of an object takes half a microsecond, for every message.
      for (const { i, outcome, id, seq, at } of outcomes)
        batch[i]?.resolve({ outcome, id, seq, at, repeated });
    } catch (error) {
      // One bad row, or a lock held too long by another process, must not fail the others of the batch.
      if (batch.length > 1 && !readFailure(error).unavailable && !(error instanceof AppError)) {
        for (const item of batch) await this.store([item]);
      } else {
        for (const item of batch) item.reject(databaseError(error));
      }
    }
  }

  /** The call that stores this batch. */
  private calling(batch: readonly Waiting[]): () => Promise<SendOutcomeRow[]> {
    const [first] = batch;
    const tenantId = first?.tenantId;
    if (batch.length === 1 && first !== undefined && isPlain(first.row)) {
      const { c, id, s, k, h, kind, t, md } = first.row;
      const metadata = md === undefined ? null : JSON.stringify(md);
      const parameters = [tenantId, c, id, s, k, h, kind, t, metadata, this.handlers];
      return () => this.hot.callInLane(this.lane, timelineSendOne, ...parameters);
    }
    const rows = JSON.stringify(batch.map(({ row }, i) => ({ i, ...row })));
    return () => this.hot.callInLane(this.lane, timelineSend, tenantId, rows, this.handlers);
  }

  /**
   * One batch to PostgreSQL, again while it is away: the keys make a repeat harmless. A batch that was under way when
   * the connection broke may have been stored: if no answer can be had in time, its outcome is unknown, never "failed".
   */
  private async call(batch: Waiting[]): Promise<{ outcomes: SendOutcomeRow[]; repeated: boolean }> {
    const store = this.calling(batch);
    const giveUpAt = performance.now() + retryForMs;
    let maybeStored = false;
    for (;;) {
      try {
        const outcomes = await store();
        return { outcomes, repeated: maybeStored };
      } catch (error) {
        const failure = readFailure(error);
        if (!failure.unavailable) throw error;
        maybeStored ||= failure.sqlState === undefined && !isConnectFailure(error);
        if (performance.now() > giveUpAt) {
          throw new AppError(maybeStored ? 'outcome.unknown' : 'service.unavailable', {
            retryAfterMs: 1_000,
            cause: error,
          });
        }
        await delay(50 + Math.random() * 150);
      }
    }
  }
}

function isPlain({ kind, m, rs, ts }: SendRow): boolean {
  return kind !== 'system' && m === undefined && rs === undefined && ts === undefined;
}

function isConnectFailure(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH';
}

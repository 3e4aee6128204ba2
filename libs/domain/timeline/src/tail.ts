import { setTimeout as delay } from 'node:timers/promises';
import type { BlockChange, TailEntry, TailMessage } from '@parley/contracts/internal';
import { readRevocations } from '@parley/platform/auth';
import type { Db } from '@parley/platform/database';
import { systemBlockChanges, systemTail, type TailRow } from './timeline.functions';

/** How far each reading looks back behind the last one, in milliseconds: transactions take up to 5 s, clocks differ. */
export const tailOverlapMs = 15_000;
/** How far a glance looks back: almost all is committed sooner. */
const glanceOverlapMs = 1_000;
/** Messages, and changes, of one statement: it keeps a core for about 2 ms, and sends must not wait for more. */
const pageMaxRows = 1_000;
/**
 * Between two statements PostgreSQL is left alone for so many times as long as the last one took: sends come first. Never
 * longer than this, in milliseconds: after a stall the tail is what catches up.
 */
const restTimes = 2;
const restMaxMs = 100;
/** Statements whose answers make one message. */
const pagesMax = 20;

/** Almost always one message; several, each going on where the last one ended, when very much was written. */
export async function* readTail(db: Db, watermark: number | null): AsyncGenerator<TailMessage, void> {
  let { tail, cut } = await readPages(db, watermark, tailOverlapMs);
  yield tail;
  while (cut) {
    ({ tail, cut } = await readPages(db, tail.to, 0));
    yield tail;
  }
}

/** The newest of what was committed since `since`. */
export async function glanceAtTail(db: Db, since: number): Promise<TailMessage> {
  const { tail } = await readPages(db, since, glanceOverlapMs);
  return { ...tail, glance: true };
}

/** `cut`: there is more behind it. */
async function readPages(
  db: Db,
  since: number | null,
  overlapMs: number,
): Promise<{ tail: TailMessage; cut: boolean }> {
  let begun = performance.now();
  const first = await readPage(db, since, overlapMs);
  const entries = first.entries.map(tailEntry);
  let last = first;
  for (let pages = 1; last.cut && pages < pagesMax; pages += 1) {
    await delay(Math.min(restMaxMs, restTimes * (performance.now() - begun)));
    begun = performance.now();
    last = await readPage(db, last.to_at.getTime(), 0);
    entries.push(...last.entries.map(tailEntry));
  }
  const [revocations, blockChanges] = await Promise.all([
    readRevocations(db, first.from_at),
    readBlockChanges(db, first.from_at),
  ]);
  const [from, to] = [first.from_at.getTime(), last.to_at.getTime()];
  const tail = { from, to, entries, revocations, blockChanges };
  return { tail, cut: last.cut };
}

async function readPage(db: Db, since: number | null, overlapMs: number): Promise<TailRow> {
  const at = since === null ? null : new Date(since);
  const [row] = await db.system.call(systemTail, at, overlapMs, pageMaxRows);
  if (row === undefined) throw new RangeError('the tail gave no answer');
  return row;
}

async function readBlockChanges(db: Db, since: Date): Promise<BlockChange[]> {
  const rows = await db.system.call(systemBlockChanges, since);
  return rows.map(({ tenant_id, user_id, at }) => ({
    tenantId: tenant_id,
    userId: user_id,
    at: at.getTime(),
  }));
}

function tailEntry({ t, c, s, j }: TailRow['entries'][number]): TailEntry {
  return {
    tenantId: t,
    conversationId: c,
    seq: s,
    ...(j === undefined ? {} : { joined: j.map((each) => ({ userId: each.u, seq: each.s })) }),
  };
}

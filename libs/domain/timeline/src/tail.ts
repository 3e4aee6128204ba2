import type { TailEntry, TailMessage } from '@parley/contracts/internal';
import { readRevocations } from '@parley/platform/auth';
import type { Db } from '@parley/platform/database';
import { systemTail, type TailRow } from './timeline.functions';

/** How far each reading looks back behind the last one, in milliseconds: transactions take up to 5 s, clocks differ. */
export const tailOverlapMs = 15_000;
/** How far a glance looks back: almost all is committed sooner. */
const glanceOverlapMs = 1_000;
/** Messages, and changes, of one statement: it keeps a core for about 10 ms, and sends must not wait for more. */
const pageMaxRows = 5_000;
/** Statements whose answers make one message. */
const pagesMax = 20;

/** Almost always one message; several, each going on where the last one ended, when very much was written. */
export async function* readTail(db: Db, watermark: number | null): AsyncGenerator<TailMessage, void> {
  let since = watermark;
  let overlapMs = tailOverlapMs;
  for (let more = true; more;) {
    const first = await readPage(db, since, overlapMs);
    const tail = messageOf(first);
    let last = first;
    for (let pages = 1; last.cut && pages < pagesMax; pages += 1) {
      last = await readPage(db, last.to_at.getTime(), 0);
      tail.to = last.to_at.getTime();
      tail.entries.push(...last.entries.map(tailEntry));
    }
    tail.revocations = await readRevocations(db, first.from_at);
    yield tail;
    since = tail.to;
    overlapMs = 0;
    more = last.cut;
  }
}

/** The newest of what was committed since `since`, as far as one statement tells. */
export async function glanceAtTail(db: Db, since: number): Promise<TailMessage> {
  const page = await readPage(db, since, glanceOverlapMs);
  return { ...messageOf(page), revocations: await readRevocations(db, page.from_at), glance: true };
}

async function readPage(db: Db, since: number | null, overlapMs: number): Promise<TailRow> {
  const at = since === null ? null : new Date(since);
  const [row] = await db.system.call(systemTail, at, overlapMs, pageMaxRows);
  if (row === undefined) throw new RangeError('the tail gave no answer');
  return row;
}

function messageOf(row: TailRow): TailMessage {
  const entries = row.entries.map(tailEntry);
  return { from: row.from_at.getTime(), to: row.to_at.getTime(), entries, revocations: [] };
}

function tailEntry({ t, c, s, j }: TailRow['entries'][number]): TailEntry {
  return {
    tenantId: t,
    conversationId: c,
    seq: s,
    ...(j === undefined ? {} : { joined: j.map((each) => ({ userId: each.u, seq: each.s })) }),
  };
}

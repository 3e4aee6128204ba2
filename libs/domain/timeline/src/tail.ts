import type { TailEntry, TailMessage } from '@parley/contracts/internal';
import { readRevocations } from '@parley/platform/auth';
import type { Db } from '@parley/platform/database';
import { systemTail, type TailRow } from './timeline.functions';

/** How far each reading looks back behind the last one, in milliseconds: transactions take up to 5 s, clocks differ. */
export const tailOverlapMs = 15_000;
/** Messages, and changes, of one reading. */
const tailMaxRows = 100_000;

/** Almost always one message; several, each going on where the last one ended, when very much was written. */
export async function* readTail(db: Db, watermark: number | null): AsyncGenerator<TailMessage, void> {
  let since = watermark;
  let overlapMs = tailOverlapMs;
  for (let more = true; more;) {
    const at = since === null ? null : new Date(since);
    const [row] = await db.system.call(systemTail, at, overlapMs, tailMaxRows);
    if (row === undefined) throw new RangeError('the tail gave no answer');
    yield {
      from: row.from_at.getTime(),
      to: row.to_at.getTime(),
      entries: row.entries.map(tailEntry),
      revocations: await readRevocations(db, row.from_at),
    };
    since = row.to_at.getTime();
    overlapMs = 0;
    more = row.cut;
  }
}

function tailEntry({ t, c, s, j }: TailRow['entries'][number]): TailEntry {
  return {
    tenantId: t,
    conversationId: c,
    seq: s,
    ...(j === undefined ? {} : { joined: j.map((each) => ({ userId: each.u, seq: each.s })) }),
  };
}

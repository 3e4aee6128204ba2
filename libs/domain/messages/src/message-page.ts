import type { MessagePageQueryDto } from '@parley/contracts/dto';
import { AppError, limits, type MessagePage, type MessageView } from '@parley/contracts/wire';
import type { VisibleSeqs } from '@parley/domain/participants';

/** One read of the timeline: `limit` messages from one end of an interval. */
export interface PageRead {
  low: number;
  high: number;
  newestFirst: boolean;
  limit: number;
}

/** The reads that a page needs: what is older than its middle, what is newer, or only one of them. */
export interface PageReads {
  older?: PageRead;
  newer?: PageRead;
}

/**
 * What to read for a page; each read asks for one message more than is shown, to know whether there are more.
 * @throws AppError `request.invalid` when the query names more than one place
 */
export function pageReads(query: MessagePageQueryDto, visible: VisibleSeqs): PageReads {
  const { before, after, around, limit = limits.pageDefaultItems } = query;
  assertOnePlace(query);
  const down = (high: number, count: number): PageRead => ({
    low: visible.from,
    high: Math.min(visible.to, high),
    newestFirst: true,
    limit: count + 1,
  });
  const up = (low: number, count: number): PageRead => ({
    low: Math.max(visible.from, low),
    high: visible.to,
    newestFirst: false,
    limit: count + 1,
  });
  if (after !== undefined) return { newer: up(after + 1, limit) };
  if (around !== undefined) {
    const older = Math.ceil(limit / 2);
    return { older: down(around, older), newer: up(around + 1, limit - older) };
  }
  return { older: down(before === undefined ? visible.to : before - 1, limit) };
}

/** The page of what was read: in the order of the timeline, with the seqs from which to go on in both directions. */
export function messagePage(
  reads: PageReads,
  read: { older: MessageView[]; newer: MessageView[] },
  visible: VisibleSeqs,
): MessagePage {
  const older = reads.older === undefined ? [] : read.older.slice(0, reads.older.limit - 1);
  const newer = reads.newer === undefined ? [] : read.newer.slice(0, reads.newer.limit - 1);
  const data = [...older.reverse(), ...newer];
  const first = data[0]?.seq;
  const last = data.at(-1)?.seq;
  const more = {
    before:
      reads.older === undefined
        ? first !== undefined && first > visible.from
        : read.older.length > older.length,
    after:
      reads.newer === undefined
        ? reads.older !== undefined && reads.older.high < visible.to
        : read.newer.length > newer.length,
  };
  return {
    data,
    page: { before: more.before ? (first ?? null) : null, after: more.after ? (last ?? null) : null },
  };
}

function assertOnePlace(query: MessagePageQueryDto): void {
  const named = (['before', 'after', 'around'] as const).filter((name) => query[name] !== undefined);
  if (named.length <= 1) return;
  throw new AppError('request.invalid', {
    issues: named.map((path) => ({ path, message: 'only one of before, after and around may be given' })),
  });
}

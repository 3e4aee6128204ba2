import type { BusEventHeader } from '@parley/contracts/internal';

/** What a gateway knows of one local user's membership in one conversation. */
export interface Entry {
  /** The first seq that the user may see. */
  visibleFrom: number;
  /** Up to here the user has everything, or gets it by `heads` and `sync`: live events begin behind it. */
  since: number;
  /** The membership was read when the conversation stood here: older membership changes are in it already. */
  asOf: number;
}

/** The members of one conversation that are connected to this gateway. */
export type Members = ReadonlyMap<string, Entry>;

/** `event`: may see it; `void`: gets its place alone, so that the order stays dense; undefined: gets nothing. */
export type Sight = 'event' | 'void' | undefined;

/** The one rule of who receives what: may read ⇔ received. A change is visible when its own seq and its target's are. */
export function sightOf(event: BusEventHeader, userId: string, entry: Entry): Sight {
  if (event.seq <= entry.since) return undefined;
  if (event.onlyFor !== undefined && event.onlyFor !== userId) return 'void';
  const oldest = event.targetSeq === 0 ? event.seq : Math.min(event.seq, event.targetSeq);
  return oldest < entry.visibleFrom ? 'void' : 'event';
}

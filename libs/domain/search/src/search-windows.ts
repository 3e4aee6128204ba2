import { futureTag, quoteLexeme, spansMs, spansPerSpan, timeTag } from './search-tags';

/** A stretch of time that is searched at once. */
export interface SearchWindow {
  /** Its beginning, in milliseconds since 1970; null: it has none. */
  lowMs: number | null;
  /** A tsquery that every message of it fits; null where it is all the time that is left. */
  query: string | null;
}

const longestLevel = spansMs.length - 1;
const lengthOf = (level: number): number => spansMs[level] ?? Infinity;
/** A window is at most so many times as long as the one before it. */
const growth = 4;
/** Half a year. */
const windowsReachMs = 7 * lengthOf(longestLevel);

/**
 * The windows that together cover the time from `oldestMs` to `newestMs`, the newest first: an hour, then longer and longer
 * ones for half a year, then whatever is left. A word that is common is found in the first ones, and in the last there are
 * few of one that was rare until then. From a place at which a window has ended they go on about as long as it was.
 */
export function searchWindows(newestMs: number, oldestMs: number | null): SearchWindow[] {
  const windows: SearchWindow[] = [];
  const oldest = Math.max(0, oldestMs ?? 0);
  const shortest = lengthOf(0);
  const newest = (Math.floor(Math.max(0, newestMs) / shortest) + 1) * shortest;
  let end = newest;
  let length = (newest === newestMs + 1 ? lengthOf(levelAt(newest, Infinity)) : shortest) / growth;
  if (length * growth === lengthOf(longestLevel)) length = windowsReachMs / growth;
  while (end > oldest && newest - end < windowsReachMs) {
    const level = levelAt(end, length * growth);
    const last = Math.round(end / lengthOf(level));
    const untilLonger = level === longestLevel ? last : last % spansPerSpan || spansPerSpan;
    const count = Math.min(untilLonger, Math.max(1, Math.floor((length * growth) / lengthOf(level))));
    length = count * lengthOf(level);
    end -= length;
    windows.push({ lowMs: end === 0 ? null : end, query: windowQuery(level, last, count) });
  }
  if (end > oldest) windows.push({ lowMs: null, query: null });
  return windows;
}

/** The longest spans that end here and are no longer than the window may be. */
function levelAt(end: number, lengthMax: number): number {
  let level = 0;
  while (level < longestLevel && end % lengthOf(level + 1) === 0 && lengthOf(level + 1) <= lengthMax)
    level += 1;
  return level;
}

function windowQuery(level: number, last: number, count: number): string {
  const tags = Array.from({ length: count }, (_, index) => timeTag(level, last - 1 - index));
  return [...tags, futureTag].map(quoteLexeme).join(' | ');
}

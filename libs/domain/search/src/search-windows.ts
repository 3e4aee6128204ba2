import { futureTag, quoteLexeme, spansMs, spansPerSpan, timeTag } from './search-tags';

/** A stretch of time that is searched at once. */
export interface SearchWindow {
  /** Its beginning, in milliseconds since 1970; null: it has none. */
  lowMs: number | null;
  /** A tsquery that every message of it fits. */
  query: string;
}

/** Each window is about so many times as long as the one before it. */
const growth = 4;
const shortest = spansMs[0] ?? 1;
const longestLevel = spansMs.length - 1;

/**
 * The windows that together cover the time from `oldestMs` to `newestMs`, the newest first and each longer than the one before:
 * a word that is common is found in the first ones, and some fifteen reach back to 1970. From a place at which a window has ended
 * they go on about as long as it was.
 */
export function searchWindows(newestMs: number, oldestMs: number | null): SearchWindow[] {
  const windows: SearchWindow[] = [];
  // In the shortest spans.
  const floor = Math.max(0, Math.floor((oldestMs ?? 0) / shortest));
  let end = Math.max(0, Math.floor(newestMs / shortest)) + 1;
  let length = (end * shortest === newestMs + 1 ? spansPerSpan ** levelAt(end, Infinity) : 1) / growth;
  while (end > floor) {
    const level = levelAt(end, length * growth);
    const unit = spansPerSpan ** level;
    const span = end / unit;
    const untilNextLevel = level === longestLevel ? span : span % spansPerSpan || spansPerSpan;
    const count = Math.min(untilNextLevel, Math.max(1, Math.floor((length * growth) / unit)));
    length = count * unit;
    end -= length;
    windows.push({
      lowMs: end === 0 ? null : end * shortest,
      query: windowQuery(Array.from({ length: count }, (_, index) => timeTag(level, span - 1 - index))),
    });
  }
  return windows;
}

/** The longest spans that end here and are no longer than the window may be. */
function levelAt(end: number, lengthMax: number): number {
  let level = 0;
  while (
    level < longestLevel &&
    end % spansPerSpan ** (level + 1) === 0 &&
    spansPerSpan ** (level + 1) <= lengthMax
  ) {
    level += 1;
  }
  return level;
}

function windowQuery(tags: string[]): string {
  return [...tags, futureTag].map(quoteLexeme).join(' | ');
}

import type { Highlight } from '@parley/contracts/wire';
import { limits } from '@parley/contracts/wire';
import type { SearchQuery, SearchTerm } from './search-query';
import { fold, originOf, runsOf, wordOf } from './search-text';

/** Places in a folded text. */
interface Span {
  start: number;
  end: number;
}

/**
 * Where a text fits a query: the places of everything that was looked for, in order, without overlaps and bounded in number.
 * Null: it does not fit. Linear in the length of the text for each term.
 */
export function searchMatch(query: SearchQuery, text: string): Highlight[] | null {
  const folded = fold(text);
  const words = lazyWords(folded);
  const occurs = (term: SearchTerm): boolean => !spansOf(term, folded, words).next().done;
  const fitting = query.filter(({ all, none }) => all.every(occurs) && !none.some(occurs));
  if (fitting.length === 0) return null;
  const spans = fitting
    .flatMap(({ all }) => all)
    .flatMap((term) => firstOf(spansOf(term, folded, words), limits.highlightsPerHit));
  const origin = originOf(text, folded);
  return merged(spans)
    .slice(0, limits.highlightsPerHit)
    .map(({ start, end }) => ({ start: origin(start), end: origin(end) }));
}

type Words = () => (Span & { word: string | null })[];

/** The runs of a text, found when they are asked for; a dense one is no word. */
function lazyWords(folded: string): Words {
  let words: ReturnType<Words> | undefined;
  return () =>
    (words ??= runsOf(folded).map((run) => ({
      start: run.start,
      end: run.end,
      word: run.dense ? null : wordOf(run),
    })));
}

function* spansOf(term: SearchTerm, folded: string, words: Words): Generator<Span> {
  if ('part' in term) {
    const { length } = term.part;
    for (let at = folded.indexOf(term.part); at !== -1; at = folded.indexOf(term.part, at + length)) {
      yield { start: at, end: at + length };
    }
    return;
  }
  const all = words();
  for (let at = 0; at + term.words.length <= all.length; at += 1) {
    if (!term.words.every((word, index) => all[at + index]?.word === word)) continue;
    yield { start: all[at]?.start ?? 0, end: all[at + term.words.length - 1]?.end ?? 0 };
  }
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) if (first.push(item) === count) break;
  return first;
}

function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}

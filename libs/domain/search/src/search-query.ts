import { currentTag, gram, quoteLexeme } from './search-tags';
import { fold, gramsToFind, runsOf, wordOf, type Run } from './search-text';

/** Something looked for: a part of the text as it stands, or whole words that follow each other. */
export type SearchTerm = { part: string; runs: Run[] } | { words: string[] };

/** Terms that must all occur, and terms that must not. */
export interface SearchAlternative {
  all: SearchTerm[];
  none: SearchTerm[];
}

/** What a text must fit: one of the alternatives. None: it fits nothing. */
export type SearchQuery = SearchAlternative[];

/** So many pieces narrow a term as far as it pays; the text itself decides. */
const gramsPerTerm = 6;

/**
 * Reads what somebody typed: terms that must all occur, each as a part of a word; "whole words in this order"; -without; `or`
 * between alternatives. A term of one or two letters is a whole word. Whatever is nothing of that is skipped, and an
 * alternative of which nothing must occur is none. Linear in the length.
 */
export function parseSearch(q: string): SearchQuery {
  const alternatives: SearchQuery = [{ all: [], none: [] }];
  for (const [, minus, quoted, bare = ''] of q.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (quoted === undefined && minus === '' && bare.toLowerCase() === 'or') {
      alternatives.push({ all: [], none: [] });
      continue;
    }
    const whole = quoted !== undefined || minus !== '';
    const term = termOf(fold(quoted ?? bare), whole);
    if (term !== null) alternatives.at(-1)?.[minus === '' ? 'all' : 'none'].push(term);
  }
  return alternatives.filter(({ all }) => all.length > 0);
}

/** How many terms a query has, in all alternatives. */
export function termCount(query: SearchQuery): number {
  return query.reduce((count, { all, none }) => count + all.length + none.length, 0);
}

function termOf(folded: string, whole: boolean): SearchTerm | null {
  const runs = runsOf(folded);
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return null;
  const asPart = runs.some((run) => run.dense || (!whole && gramsToFind(run).length > 0));
  if (!asPart) return { words: runs.map(wordOf) };
  return { part: folded.slice(first.start, last.end), runs };
}

/**
 * The query for PostgreSQL, as the text of a tsquery: it finds whatever fits, and seldom something that does not.
 * `rowsOf`: those that carry the current tag, or the older ones, which have nothing but whole words.
 */
export function tsQuery(query: SearchQuery, rowsOf: 'current' | 'older'): string {
  const term = rowsOf === 'current' ? termQuery : wordsQuery;
  const alternatives = query.map(({ all, none }) =>
    [...all.map(term), ...none.flatMap(withoutQuery)].join(' & '),
  );
  const fitting = `(${alternatives.map((alternative) => `(${alternative})`).join(' | ')})`;
  return rowsOf === 'current' ? fitting : `${fitting} & !${quoteLexeme(currentTag)}`;
}

function termQuery(term: SearchTerm): string {
  if ('words' in term) return sequence(term.words);
  const grams = [...new Set(term.runs.flatMap(gramsToFind))];
  const step = Math.max(1, grams.length / gramsPerTerm);
  const chosen = Array.from(
    { length: Math.min(grams.length, gramsPerTerm) },
    (_, index) => grams[Math.floor(index * step)] ?? '',
  );
  return `(${chosen.map((piece) => quoteLexeme(gram(piece))).join(' & ')})`;
}

function wordsQuery(term: SearchTerm): string {
  if ('words' in term) return sequence(term.words);
  return `(${term.runs.map((run) => quoteLexeme(wordOf(run))).join(' & ')})`;
}

// A part that must not occur is left to the text: pieces that all occur do not make the part.
function withoutQuery(term: SearchTerm): string[] {
  return 'words' in term ? [`!${sequence(term.words)}`] : [];
}

function sequence(words: string[]): string {
  return `(${words.map(quoteLexeme).join(' <-> ')})`;
}

/** A piece of a text between blanks and punctuation; places are UTF-16 code units of the folded text. */
export interface Run {
  start: number;
  end: number;
  text: string;
  /** Of a script that puts no spaces between its words, or of pictures: its characters are what is looked for. */
  dense: boolean;
}

const denseScripts = ['Hani', 'Hira', 'Kana', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr'];
const letter = String.raw`[\p{L}\p{N}\p{M}]`;
const denseLetter = String.raw`(?:(?=${letter})[${denseScripts.map((name) => `\\p{scx=${name}}`).join('')}]|\p{Extended_Pictographic})`;
const runPattern = new RegExp(`((?:${denseLetter})+)|(?:(?!${denseLetter})${letter})+`, 'gu');
const asciiRunPattern = /[a-z0-9]+/g;
// eslint-disable-next-line no-control-regex
const asciiPattern = /^[\u0000-\u007f]*$/;

/** The text in which letters of either case are alike. It may be longer than the text itself: see `originOf`. */
export function fold(text: string): string {
  return text.toLowerCase();
}

/** Splits a folded text. Linear in its length. */
export function runsOf(folded: string): Run[] {
  const runs: Run[] = [];
  const pattern = asciiPattern.test(folded) ? asciiRunPattern : runPattern;
  for (const match of folded.matchAll(pattern)) {
    const [text, dense] = match;
    runs.push({ start: match.index, end: match.index + text.length, text, dense: dense !== undefined });
  }
  return runs;
}

/** Words are known by so many code units: what is longer is no word of a language. */
const wordMaxUnits = 64;

/** A run as a whole word. */
export function wordOf({ text }: Run): string {
  return text.length <= wordMaxUnits ? text : text.slice(0, wordMaxUnits).toWellFormed();
}

/** The shortest part of a word that can be looked for. */
const partMinCharacters = 3;

/** Every piece of a run under which a part of it is looked up: three characters of a word, one and two of a dense run. */
export function gramsOf(run: Run): string[] {
  return run.dense ? [...slices(run.text, 1), ...slices(run.text, 2)] : slices(run.text, partMinCharacters);
}

/** Pieces that together stand for a run: whatever has the run in it has them all. None: it is too short for a part. */
export function gramsToFind(run: Run): string[] {
  if (!run.dense) return slices(run.text, partMinCharacters);
  const pairs = slices(run.text, 2);
  return pairs.length > 0 ? pairs : [run.text];
}

function slices(text: string, size: number): string[] {
  // Characters beyond the first plane are two code units each.
  const units = /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  const found: string[] = [];
  for (let at = 0; at + size <= units.length; at += 1) {
    const slice = units.slice(at, at + size);
    found.push(typeof slice === 'string' ? slice : slice.join(''));
  }
  return found;
}

/** Which place of a text a place of its folded form is. Folding makes some characters longer, none shorter. */
export function originOf(text: string, folded: string): (place: number) => number {
  if (folded.length === text.length) return (place) => place;
  const origins: number[] = [];
  let origin = 0;
  for (const character of text) {
    const { length } = fold(character);
    for (let unit = 0; unit < length; unit += 1) origins.push(origin + Math.min(unit, character.length - 1));
    origin += character.length;
  }
  return (place) => origins[place] ?? text.length;
}

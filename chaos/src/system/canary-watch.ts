/** Of what one tenant may not get, seen in what it got. */
export interface Leak {
  word: string;
  /** The way on which it came. */
  where: string;
  /** What stood around it. */
  excerpt: string;
}

const excerptBytes = 120;

/** Looks at every byte that goes to the clients of one tenant, for words that only another one has. */
export class CanaryWatch {
  /** What was looked at. */
  bytes = 0;
  /** The tenant's own word came by: whoever looks would have seen another one, too. */
  sawOwn = false;
  private readonly foreign: Buffer[] = [];
  private longest = 1;

  constructor(
    private readonly own: string,
    private readonly found: (leak: Leak) => void,
  ) {}

  forbid(words: readonly string[]): void {
    this.foreign.push(...words.map((word) => Buffer.from(word)));
    this.longest = Math.max(...this.foreign.map(({ length }) => length));
  }

  /** Give it the bytes of one connection, in order: a word may lie across two pieces. */
  listen(where: string): (chunk: Buffer) => void {
    let tail = Buffer.alloc(0);
    return (chunk) => {
      this.bytes += chunk.length;
      const text = Buffer.concat([tail, chunk]);
      this.sawOwn ||= text.includes(this.own);
      this.search(text, where, tail.length);
      tail = text.subarray(-(this.longest - 1));
    };
  }

  private search(text: Buffer, where: string, seen: number): void {
    for (const word of this.foreign) {
      const at = text.indexOf(word, Math.max(0, seen - word.length + 1));
      if (at === -1) continue;
      // Frames are between the texts: what is no character is none in a report either.
      const around = text.subarray(Math.max(0, at - excerptBytes), at + excerptBytes).toString();
      const excerpt = around.replace(/[\p{Cc}\ufffd]+/gu, ' ');
      this.found({ word: word.toString(), where, excerpt });
    }
  }
}

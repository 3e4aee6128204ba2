/** What an arrival is, seen from those before it. */
export type Arrival = 'next' | 'ahead' | 'late' | 'double' | 'old';

export interface Place {
  seq: number;
  id: string;
}

export interface Verdict {
  /** Seqs that never arrived. */
  lost: number[];
  /** Seqs where something else arrived than the history tells. */
  mismatched: number[];
}

/** What one receiver got of one conversation: every seq once, in order, without a hole, and the same as the history. */
export class Ledger {
  private readonly got = new Map<number, string>();
  private readonly ids = new Set<string>();
  private readonly holes = new Set<number>();
  private last: number;

  /** `base`: the newest seq before this receiver listened. */
  constructor(readonly base: number) {
    this.last = base;
  }

  /** `id`: undefined for what holds a seq and is no message. */
  note(seq: number, id?: string): Arrival {
    if (seq <= this.base) return 'old';
    const isDouble = this.got.has(seq) || (id !== undefined && this.ids.has(id));
    if (id !== undefined) this.ids.add(id);
    if (isDouble) return 'double';
    this.got.set(seq, id ?? '');
    if (this.holes.delete(seq)) return 'late';
    const isNext = seq === this.last + 1;
    for (let hole = this.last + 1; hole < seq; hole += 1) this.holes.add(hole);
    this.last = seq;
    return isNext ? 'next' : 'ahead';
  }

  /** Compares with the history from `base` on. */
  judge(history: readonly Place[]): Verdict {
    const absent = history.filter(({ seq }) => !this.got.has(seq)).map(({ seq }) => seq);
    const stored = new Map(history.map(({ seq, id }) => [seq, id]));
    const mismatched = [...this.got].filter(([seq, id]) => id !== '' && stored.get(seq) !== id);
    return {
      lost: [...new Set([...this.holes, ...absent])].sort((a, b) => a - b),
      mismatched: mismatched.map(([seq]) => seq),
    };
  }
}

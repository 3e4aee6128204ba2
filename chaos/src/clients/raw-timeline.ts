import type { ConversationHead, ConversationSync, DurableEvent } from '@parley/contracts/wire';

/** One conversation by the three rules of docs/protocol.md, "Staying complete", and nothing cleverer. */
export class RawTimeline {
  private readonly ahead = new Map<number, DurableEvent>();
  private known = 0;
  private over = false;

  constructor(
    readonly conversation: string,
    private readonly user: string,
    private readonly apply: (event: DurableEvent) => void,
    /** The seq that was applied last. */
    private last: number,
  ) {}

  get seq(): number {
    return this.last;
  }

  /** Something up to the newest known seq is missing. */
  get behind(): boolean {
    return !this.over && this.last < this.known;
  }

  get isOver(): boolean {
    return this.over;
  }

  offer(event: DurableEvent): void {
    if (event.seq <= this.last) return;
    if (this.over && !this.joins(event)) return;
    this.over = false;
    this.known = Math.max(this.known, event.seq);
    this.ahead.set(event.seq, event);
    this.advance();
  }

  noteHead({ lastSeq }: Pick<ConversationHead, 'lastSeq'>): void {
    if (this.over && lastSeq <= this.last) return;
    this.over = false;
    this.known = Math.max(this.known, lastSeq);
  }

  /** True when it has to be asked for more. */
  noteSync({ events, gap, left, more, head }: ConversationSync): boolean {
    if (gap !== undefined) this.last = Math.max(this.last, gap.to);
    this.known = Math.max(this.known, head);
    for (const event of events) if (event.seq > this.last) this.ahead.set(event.seq, event);
    this.advance();
    if (left !== undefined && !more) {
      this.over = true;
      this.known = this.last;
      this.ahead.clear();
    }
    return more;
  }

  private advance(): void {
    for (let next = this.ahead.get(this.last + 1); next !== undefined; next = this.ahead.get(this.last + 1)) {
      this.ahead.delete(next.seq);
      this.last = next.seq;
      this.apply(next);
      if (next.type === 'participant.left' && next.data.userId === this.user) this.over = true;
      else if (this.joins(next)) this.over = false;
    }
    for (const seq of this.ahead.keys()) if (seq <= this.last) this.ahead.delete(seq);
    // What came behind the own leaving belongs to a later stay, or to nobody.
    if (this.over && this.ahead.size === 0) this.known = this.last;
    else if (this.over) this.over = false;
  }

  private joins(event: DurableEvent): boolean {
    return (
      event.type === 'participant.joined' &&
      event.data.participants.some(({ userId }) => userId === this.user)
    );
  }
}

import { EgressError } from './egress.error';

/** How many requests are under way at once, in all and for one owner. */
export class Places {
  private taken = 0;
  private readonly byOwner = new Map<string, number>();

  constructor(private readonly bounds: { max: number; maxPerOwner: number }) {}

  /** Takes one and returns how to give it back. @throws EgressError `egress.busy` */
  take(owner: string): () => void {
    const own = this.byOwner.get(owner) ?? 0;
    if (this.taken >= this.bounds.max || own >= this.bounds.maxPerOwner) throw new EgressError('egress.busy');
    this.taken += 1;
    this.byOwner.set(owner, own + 1);
    return () => this.giveBack(owner);
  }

  get inUse(): number {
    return this.taken;
  }

  private giveBack(owner: string): void {
    this.taken -= 1;
    const own = (this.byOwner.get(owner) ?? 0) - 1;
    if (own > 0) this.byOwner.set(owner, own);
    else this.byOwner.delete(owner);
  }
}

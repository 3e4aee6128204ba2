/** A user in a conversation of a tenant. */
export interface TypingPlace {
  tenantId: string;
  conversationId: string;
  userId: string;
}

export interface Typist<C> {
  place: TypingPlace;
  /** Where it is here that the user types. */
  from: C | undefined;
  endsAt: number;
}

/** Who types where and until when. Each lasts equally long, so the order of the starts is that of the ends. */
export class TypistList<C> {
  private readonly typists = new Map<string, Typist<C>>();
  private readonly counts = new Map<string, number>();
  private readonly own = new Map<C, Set<string>>();

  constructor(
    private readonly lastsMs: number,
    private readonly maxPerConversation: number,
  ) {}

  /** When the first of them ends, in milliseconds of the clock that `start` is given. */
  get firstEnd(): number | undefined {
    return this.typists.values().next().value?.endsAt;
  }

  get(place: TypingPlace): Typist<C> | undefined {
    return this.typists.get(keyOf(place));
  }

  /** Those who type by this connection. */
  of(from: C): Typist<C>[] {
    const keys = [...(this.own.get(from) ?? [])];
    return keys.map((key) => this.typists.get(key)).filter((typist) => typist !== undefined);
  }

  /** False: so many type there that one more is not shown. */
  start({ tenantId, conversationId, userId }: TypingPlace, now: number, from?: C): boolean {
    const place = { tenantId, conversationId, userId };
    const known = this.get(place);
    const count = this.counts.get(conversationOf(place)) ?? 0;
    if (known === undefined && count >= this.maxPerConversation) return false;
    if (known !== undefined) this.remove(known);
    const key = keyOf(place);
    this.typists.set(key, { place, from, endsAt: now + this.lastsMs });
    this.counts.set(conversationOf(place), known === undefined ? count + 1 : count);
    if (from !== undefined) this.own.set(from, (this.own.get(from) ?? new Set()).add(key));
    return true;
  }

  remove({ place, from }: Typist<C>): void {
    const key = keyOf(place);
    if (!this.typists.delete(key)) return;
    const conversation = conversationOf(place);
    const count = this.counts.get(conversation) ?? 0;
    if (count > 1) this.counts.set(conversation, count - 1);
    else this.counts.delete(conversation);
    if (from === undefined) return;
    const own = this.own.get(from);
    own?.delete(key);
    if (own?.size === 0) this.own.delete(from);
  }

  /** Takes out those whose time is over. */
  takeEnded(now: number): Typist<C>[] {
    const ended: Typist<C>[] = [];
    for (const typist of this.typists.values()) {
      if (typist.endsAt > now) break;
      ended.push(typist);
    }
    for (const typist of ended) this.remove(typist);
    return ended;
  }
}

function keyOf(place: TypingPlace): string {
  return `${conversationOf(place)} ${place.userId}`;
}

// Ids of a fixed form come first, so that no pair of places reads alike.
function conversationOf({ tenantId, conversationId }: TypingPlace): string {
  return `${tenantId} ${conversationId}`;
}

import type { BusEvent } from '@parley/contracts/internal';

/** Bodies kept at most, over all conversations of a tenant. */
export const heldMaxEvents = 5_000;

export interface Held {
  events: BusEvent[];
  /** The newest seq that came, whether its event was kept or not. */
  newest: number;
}

/**
 * Events of conversations that may turn out to have local members when the load that is under way is done. What does not
 * fit is remembered by its seq, and read later.
 */
export class HeldEvents {
  private byConversation = new Map<string, Held>();
  private count = 0;

  hold(event: BusEvent): void {
    let held = this.byConversation.get(event.conversationId);
    if (held === undefined) this.byConversation.set(event.conversationId, (held = { events: [], newest: 0 }));
    held.newest = Math.max(held.newest, event.seq);
    if (this.count >= heldMaxEvents) return;
    held.events.push(event);
    this.count += 1;
  }

  /** Takes out everything but the conversations that `keep` names. */
  take(keep: (conversationId: string) => boolean): Map<string, Held> {
    const taken = this.byConversation;
    this.byConversation = new Map<string, Held>();
    this.count = 0;
    for (const [conversationId, held] of taken) {
      if (!keep(conversationId)) continue;
      taken.delete(conversationId);
      this.byConversation.set(conversationId, held);
      this.count += held.events.length;
    }
    return taken;
  }
}

import type { ConversationSync, DurableEvent, StoredEvent } from '@parley/contracts/wire';
import { onlyForOf, targetSeqOf, type Access, type Range } from '@parley/domain/timeline';

/** What one conversation's answer will be, but for its events. */
export interface PlannedSync {
  conversationId: string;
  /** Missing where the caller never took part. */
  access?: Access;
  /** The first seq to answer with, and the last one that the caller may see. */
  from: number;
  to: number;
  gap?: ConversationSync['gap'];
}

/** Cuts what is wanted to what may be seen; the cursors' order is the order in which events are given. */
export function planSync(cursors: readonly (readonly [string, number])[], accesses: Access[]): PlannedSync[] {
  const byConversation = new Map(accesses.map((access) => [access.conversationId, access]));
  return cursors.map(([conversationId, cursor]) => {
    const access = byConversation.get(conversationId);
    if (access === undefined) return { conversationId, from: 1, to: 0 };
    const from = Math.max(cursor + 1, access.visibleFrom);
    return {
      conversationId,
      access,
      from,
      to: access.leftSeq ?? access.lastSeq,
      ...(from > cursor + 1 ? { gap: { from: cursor + 1, to: from - 1, reason: 'history' as const } } : {}),
    };
  });
}

/** The places to read; conversations in which nothing was missed cost nothing. */
export function rangesOf(plan: PlannedSync[]): Range[] {
  return plan
    .filter(({ from, to }) => from <= to)
    .map(({ conversationId, from, to }) => ({ conversationId, from, to }));
}

/** What the caller may see of these: a change of a message from before its time, or for another alone, is its place alone. */
export function asSeen(plan: PlannedSync[], events: StoredEvent[], userId: string): DurableEvent[] {
  const firstVisible = new Map(
    plan.map(({ conversationId, access }) => [conversationId, access?.visibleFrom]),
  );
  return events.map((event) => {
    const { conversationId, seq } = event;
    const target = targetSeqOf(event) ?? seq;
    const hidden =
      target < (firstVisible.get(conversationId) ?? 1) || (onlyForOf(event) ?? userId) !== userId;
    return hidden ? { type: 'void', conversationId, seq } : event;
  });
}

/** The first of these events, as many as fit into the bytes; one at least, so that every page goes further. */
export function withinBytes(events: DurableEvent[], maxBytes: number): DurableEvent[] {
  let bytes = 0;
  const tooFar = events.findIndex((event, index) => {
    bytes += Buffer.byteLength(JSON.stringify(event));
    return index > 0 && bytes > maxBytes;
  });
  return tooFar === -1 ? events : events.slice(0, tooFar);
}

/** Puts the events that were read (the first of them, up to the limit) to their conversations. */
export function answerSync(plan: PlannedSync[], events: DurableEvent[]): ConversationSync[] {
  const byConversation = new Map<string, DurableEvent[]>(
    plan.map(({ conversationId }) => [conversationId, []]),
  );
  for (const event of events) byConversation.get(event.conversationId)?.push(event);
  return plan.map(({ conversationId, access, from, to, gap }) => {
    const own = byConversation.get(conversationId) ?? [];
    const reached = own.at(-1)?.seq ?? from - 1;
    const left = access === undefined ? 0 : access.leftSeq;
    return {
      conversationId,
      events: own,
      head: to,
      more: reached < to,
      ...(gap === undefined ? {} : { gap }),
      ...(left === null ? {} : { left }),
    };
  });
}

import type {
  ConversationHead,
  ConversationSync,
  DurableEvent,
  StoredEvent,
  SyncGap,
} from '@parley/contracts/wire';
import { TimelineCursor } from './timeline-cursor';

/** Where an app stands in its conversations: keep it, and give it to the next client to continue there. */
export interface Cursors {
  /** Cursors count within one epoch alone. */
  epoch: string;
  /** Last applied seq by conversation id. */
  seqs: Record<string, number>;
}

/** `head`: history comes by REST, the timeline gives what is new; `first`: everything that the user may see. */
export type TimelineStart = 'head' | 'first';

export interface TimelineSink {
  event(event: StoredEvent): void;
  gap(gap: SyncGap & { conversationId: string }): void;
  /** A conversation is followed from behind this seq on. */
  joined(joined: { conversationId: string; seq: number }): void;
  /** Nothing comes after this seq. */
  left(left: { conversationId: string; seq: number }): void;
}

/** The cursors of all conversations of the user. */
export class Timelines {
  private readonly cursors = new Map<string, TimelineCursor>();
  /** Where conversations that are over ended: what is late of them must not open them again. */
  private readonly ended = new Map<string, number>();
  /** Conversations that moved since `takeMoved`. */
  private readonly moved = new Set<string>();

  constructor(
    private readonly sink: TimelineSink,
    private readonly start: TimelineStart,
    seqs: Record<string, number> = {},
  ) {
    for (const [id, seq] of Object.entries(seqs)) this.cursors.set(id, new TimelineCursor(seq));
  }

  /** Applies a live event; true when it shows that something before it is missing. */
  acceptEvent(event: DurableEvent, userId: string): boolean {
    const cursor = this.cursors.get(event.conversationId) ?? this.openBy(event, userId);
    if (!cursor) return false;
    const events = cursor.accept(event);
    this.surface(event.conversationId, events);
    const leaving = leftLast(events, userId);
    if (leaving) this.end(event.conversationId, leaving.seq);
    return this.isBehind(event.conversationId);
  }

  /** Takes a head from the server; true when there is more than was applied. */
  acceptHead(head: ConversationHead): boolean {
    const cursor = this.cursors.get(head.conversationId) ?? this.openByHead(head);
    cursor?.noteHead(head.lastSeq);
    return this.isBehind(head.conversationId);
  }

  /** Applies an answer to `sync`; false when it brought nothing new. */
  acceptSync(answer: ConversationSync, userId: string): boolean {
    const { conversationId } = answer;
    const cursor = this.cursors.get(conversationId) ?? this.openBySync(answer);
    if (!cursor) return true;
    const applied = cursor.acceptSync(answer);
    if (applied.gap) this.sink.gap({ conversationId, ...applied.gap });
    this.surface(conversationId, applied.events);
    const leaving = answer.more ? undefined : leftLast(applied.events, userId);
    const left = applied.left ?? leaving?.seq;
    if (left !== undefined) this.end(conversationId, left);
    return applied.progressed;
  }

  /** Where a conversation stands, or ended. */
  seqOf(conversationId: string): number | undefined {
    return this.cursors.get(conversationId)?.seq ?? this.ended.get(conversationId);
  }

  isBehind(conversationId: string): boolean {
    return this.cursors.get(conversationId)?.behind ?? false;
  }

  ids(): string[] {
    return [...this.cursors.keys()];
  }

  /** Those that are over: the user may have come back and left again while nobody told. */
  endedIds(): string[] {
    return [...this.ended.keys()];
  }

  seqs(): Record<string, number> {
    return Object.fromEntries([...this.cursors].map(([id, cursor]) => [id, cursor.seq]));
  }

  /** Seqs of at most `limit` conversations that moved since the last call. */
  takeMoved(limit: number): Record<string, number> {
    const taken = [...this.moved].slice(0, limit);
    for (const id of taken) this.moved.delete(id);
    return Object.fromEntries(taken.flatMap((id) => this.seqEntry(id)));
  }

  /** Forgets all cursors: the server's seqs no longer mean what they meant. */
  clear(): void {
    this.cursors.clear();
    this.ended.clear();
    this.moved.clear();
  }

  private seqEntry(id: string): [string, number][] {
    const seq = this.cursors.get(id)?.seq;
    return seq === undefined ? [] : [[id, seq]];
  }

  private openBy(event: DurableEvent, userId: string): TimelineCursor | undefined {
    const endedAt = this.ended.get(event.conversationId) ?? 0;
    if (event.seq <= endedAt) return undefined;
    const first = this.start === 'first' ? firstVisible(event, userId) : event.seq;
    return this.open(event.conversationId, Math.max(first - 1, endedAt));
  }

  private openByHead(head: ConversationHead): TimelineCursor | undefined {
    const endedAt = this.ended.get(head.conversationId) ?? 0;
    if (endedAt > 0 && head.lastSeq <= endedAt) return undefined;
    const seq = this.start === 'first' ? head.visibleFrom - 1 : head.lastSeq;
    return this.open(head.conversationId, Math.max(seq, endedAt));
  }

  private openBySync(answer: ConversationSync): TimelineCursor | undefined {
    const endedAt = this.ended.get(answer.conversationId);
    if (endedAt === undefined || (answer.events.length === 0 && answer.gap === undefined)) return undefined;
    return this.open(answer.conversationId, endedAt);
  }

  private open(conversationId: string, seq: number): TimelineCursor {
    const cursor = new TimelineCursor(seq);
    this.cursors.set(conversationId, cursor);
    this.ended.delete(conversationId);
    this.sink.joined({ conversationId, seq });
    return cursor;
  }

  private end(conversationId: string, seq: number): void {
    if (!this.cursors.delete(conversationId)) return;
    this.ended.set(conversationId, seq);
    this.moved.delete(conversationId);
    this.sink.left({ conversationId, seq });
  }

  private surface(conversationId: string, events: StoredEvent[]): void {
    this.moved.add(conversationId);
    for (const event of events) this.sink.event(event);
  }
}

// The event that shows the conversation need not be the user's own join, which may have come in an answer that was lost:
// then only the server knows from where on the user may read, and `sync` says so.
function firstVisible(event: DurableEvent, userId: string): number {
  if (event.type !== 'participant.joined') return 1;
  return event.data.participants.find((joined) => joined.userId === userId)?.visibleFrom ?? 1;
}

// Only the last one counts: a leaving that a join follows is history. What was deleted for all is over.
function leftLast(events: StoredEvent[], userId: string): StoredEvent | undefined {
  const own = events.findLast(
    (event) =>
      event.type === 'conversation.deleted' ||
      (event.type === 'participant.left' && event.data.userId === userId) ||
      (event.type === 'participant.joined' &&
        event.data.participants.some((joined) => joined.userId === userId)),
  );
  return own?.type === 'participant.joined' ? undefined : own;
}

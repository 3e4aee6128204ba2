import type { ReadState, ReadUpdatedData, StoredEvent } from '@parley/contracts/wire';

/** Seqs kept by conversation; older ones are added up. */
const keptMax = 1_000;

interface Known {
  /** What the server said last. */
  state: ReadState;
  /** Server time of it; empty where it came without one. */
  at: string;
  /** Counted messages that came since. */
  since: number[];
}

/**
 * What is unread in each conversation: the server's absolute numbers, and the messages that came after the seq up to which
 * it had counted. Pure: it knows no connection.
 */
export class ReadStates {
  private readonly known = new Map<string, Known>();

  constructor(private readonly changed: (state: ReadState) => void) {}

  get(conversationId: string): ReadState | undefined {
    const known = this.known.get(conversationId);
    return known === undefined ? undefined : added(known);
  }

  /** Takes what the server says; what is older than what is known changes nothing. */
  accept(state: ReadState, at = ''): void {
    const known = this.known.get(state.conversationId);
    if (known !== undefined && isOlder(state, at, known)) return;
    const { conversationId, readSeq, unreadFromSeq, unread, lastSeq } = state;
    const since = (known?.since ?? []).filter((seq) => seq > lastSeq);
    this.known.set(conversationId, {
      state: { conversationId, readSeq, unreadFromSeq, unread, lastSeq },
      at: at === '' ? (known?.at ?? '') : at,
      since,
    });
    this.tell(conversationId);
  }

  /** Takes `read.updated` of the user itself. */
  acceptUpdate({ state }: ReadUpdatedData, at: string): void {
    if (state !== undefined) this.accept(state, at);
  }

  /** Takes an event of a timeline, in order. */
  acceptEvent(event: StoredEvent, userId: string): void {
    const { conversationId, seq } = event;
    const known = this.known.get(conversationId);
    if (known === undefined) {
      if (joins(event, userId)) {
        this.accept({ conversationId, readSeq: seq, unreadFromSeq: null, unread: 0, lastSeq: seq });
      }
      return;
    }
    if (seq <= known.state.lastSeq) return;
    if (event.type === 'message.deleted') this.discount(known, event.data.messageSeq);
    if (event.type !== 'message.created') return;
    const { sender, threadRoot, kind, imported, deletedAt } = event.data;
    if (sender === userId || threadRoot !== null || kind === 'system' || imported || deletedAt !== null)
      return;
    known.since.push(seq);
    if (known.since.length > keptMax) known.state = fold(known);
    this.tell(conversationId);
  }

  forget(conversationId: string): void {
    this.known.delete(conversationId);
  }

  clear(): void {
    this.known.clear();
  }

  // Whether a message counted that came before what the server said last, only the server knows; its next number says so.
  private discount({ state, since }: Known, messageSeq: number): void {
    const place = since.indexOf(messageSeq);
    if (place < 0) return;
    since.splice(place, 1);
    this.tell(state.conversationId);
  }

  private tell(conversationId: string): void {
    const state = this.get(conversationId);
    if (state !== undefined) this.changed(state);
  }
}

// Answers and events cross each other; the marker never falls, so what has a lower one is older.
function isOlder(state: ReadState, at: string, known: Known): boolean {
  if (state.readSeq !== known.state.readSeq) return state.readSeq < known.state.readSeq;
  if (at !== '' && known.at !== '') return at < known.at;
  return state.lastSeq < known.state.lastSeq;
}

function added({ state, since }: Known): ReadState {
  return {
    ...state,
    unread: state.unread + since.length,
    lastSeq: Math.max(state.lastSeq, since.at(-1) ?? 0),
  };
}

function fold(known: Known): ReadState {
  const folded = added(known);
  known.since = [];
  return folded;
}

function joins(event: StoredEvent, userId: string): boolean {
  return (
    event.type === 'participant.joined' &&
    event.data.participants.some((participant) => participant.userId === userId)
  );
}

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
  /** Messages that came since and mention the user; one that names its role, only the server's next number counts. */
  mentioned: number[];
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
    const { conversationId, readSeq, unreadFromSeq, unread, mentions, lastSeq } = state;
    const later = (seq: number) => seq > lastSeq;
    this.known.set(conversationId, {
      state: { conversationId, readSeq, unreadFromSeq, unread, mentions, lastSeq },
      at: at === '' ? (known?.at ?? '') : at,
      since: (known?.since ?? []).filter(later),
      mentioned: (known?.mentioned ?? []).filter(later),
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
        const nothing = { unreadFromSeq: null, unread: 0, mentions: 0 };
        this.accept({ conversationId, readSeq: seq, ...nothing, lastSeq: seq });
      }
      return;
    }
    if (seq <= known.state.lastSeq) return;
    if (event.type === 'message.deleted') this.discount(known, event.data.messageSeq);
    if (event.type !== 'message.created') return;
    const { sender, threadRoot, kind, imported, deletedAt, mentions } = event.data;
    if (sender === userId || imported || deletedAt !== null) return;
    const counted = threadRoot === null && kind !== 'system';
    const mentioned = mentions.some((mention) => mention.userId === userId || mention.group !== undefined);
    if (counted) known.since.push(seq);
    if (mentioned) known.mentioned.push(seq);
    if (known.since.length + known.mentioned.length > keptMax) known.state = fold(known);
    if (counted || mentioned) this.tell(conversationId);
  }

  forget(conversationId: string): void {
    this.known.delete(conversationId);
  }

  clear(): void {
    this.known.clear();
  }

  // Whether a message counted that came before what the server said last, only the server knows; its next number says so.
  private discount(known: Known, messageSeq: number): void {
    const { since, mentioned } = known;
    if (!since.includes(messageSeq) && !mentioned.includes(messageSeq)) return;
    known.since = since.filter((seq) => seq !== messageSeq);
    known.mentioned = mentioned.filter((seq) => seq !== messageSeq);
    this.tell(known.state.conversationId);
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

function added({ state, since, mentioned }: Known): ReadState {
  return {
    ...state,
    unread: state.unread + since.length,
    mentions: state.mentions + mentioned.length,
    lastSeq: Math.max(state.lastSeq, since.at(-1) ?? 0, mentioned.at(-1) ?? 0),
  };
}

function fold(known: Known): ReadState {
  const folded = added(known);
  known.since = [];
  known.mentioned = [];
  return folded;
}

function joins(event: StoredEvent, userId: string): boolean {
  return (
    event.type === 'participant.joined' &&
    event.data.participants.some((participant) => participant.userId === userId)
  );
}

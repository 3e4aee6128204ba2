import type { FinalState, StoredConversation, StoredEntry } from './final-state.types';

/** A time in which a user was a participant. */
export interface Stay {
  joinedSeq: number;
  visibleFrom: number;
  /** Infinity while it lasts. */
  leftSeq: number;
}

/** One conversation as it is stored, by every name that the checks look things up with. */
export class StoredTimeline {
  readonly id: string;
  readonly head: number;
  readonly entries: StoredEntry[];
  readonly messages: Extract<StoredEntry, { kind: 'message' }>[];
  private readonly bySeq = new Map<number, StoredEntry>();
  private readonly staysByUser = new Map<string, Stay[]>();

  constructor(readonly stored: StoredConversation) {
    this.id = stored.id;
    this.head = stored.lastSeq;
    this.entries = [...stored.entries].sort((a, b) => a.seq - b.seq);
    this.messages = this.entries.filter((entry) => entry.kind === 'message');
    for (const entry of this.entries) {
      this.bySeq.set(entry.seq, entry);
      if (entry.kind === 'joined') for (const each of entry.participants) this.join(entry.seq, each);
      if (entry.kind === 'left') this.leave(entry.seq, entry.userId);
    }
  }

  at(seq: number): StoredEntry | undefined {
    return this.bySeq.get(seq);
  }

  users(): Iterable<string> {
    return this.staysByUser.keys();
  }

  /** In the order of time. */
  stays(user: string): Stay[] {
    return this.staysByUser.get(user) ?? [];
  }

  mayRead(user: string, seq: number): boolean {
    return this.stays(user).some((stay) => stay.visibleFrom <= seq && seq <= stay.leftSeq);
  }

  /** The last stay alone decides what the server still gives. */
  latestStay(user: string): Stay | undefined {
    return this.stays(user).at(-1);
  }

  private join(seq: number, { userId, visibleFrom }: { userId: string; visibleFrom: number }): void {
    const stays = this.staysByUser.get(userId) ?? [];
    stays.push({ joinedSeq: seq, visibleFrom, leftSeq: Infinity });
    this.staysByUser.set(userId, stays);
  }

  private leave(seq: number, userId: string): void {
    const stay = this.staysByUser.get(userId)?.at(-1);
    if (stay?.leftSeq === Infinity) stay.leftSeq = seq;
  }
}

export type StoredTimelines = ReadonlyMap<string, StoredTimeline>;

export function storedTimelines(final: FinalState): StoredTimelines {
  return new Map(
    final.conversations.map((conversation) => [conversation.id, new StoredTimeline(conversation)]),
  );
}

import type { StoredConversation, StoredEntry, StoredMessage } from './final-state.types';

/** A time in which a user was a participant. */
export interface Stay {
  joinedSeq: number;
  visibleFrom: number;
  /** Infinity while it lasts. */
  leftSeq: number;
}

export type MessageChange = Extract<StoredEntry, { kind: 'edited' | 'deleted' }>;

/** One conversation as it is stored, by every name that the checks look things up with. */
export class StoredTimeline {
  readonly id: string;
  readonly tenant: string;
  readonly head: number;
  readonly entries: StoredEntry[];
  readonly messages: StoredMessage[];
  private readonly bySeq = new Map<number, StoredEntry>();
  private readonly changesByMessage = new Map<number, MessageChange[]>();
  private readonly staysByUser = new Map<string, Stay[]>();
  private readonly readSeqs: ReadonlyMap<string, number>;

  constructor(readonly stored: StoredConversation) {
    this.id = stored.id;
    this.tenant = stored.tenant;
    this.head = stored.lastSeq;
    this.entries = [...stored.entries].sort((a, b) => a.seq - b.seq);
    this.messages = this.entries.filter((entry) => entry.kind === 'message');
    this.readSeqs = new Map(stored.participants.map(({ userId, readSeq }) => [userId, readSeq]));
    for (const entry of this.entries) {
      this.bySeq.set(entry.seq, entry);
      if (entry.kind === 'joined') for (const each of entry.participants) this.join(entry.seq, each);
      if (entry.kind === 'left') this.leave(entry.seq, entry.userId);
      if (entry.kind === 'edited' || entry.kind === 'deleted') this.change(entry);
    }
  }

  at(seq: number): StoredEntry | undefined {
    return this.bySeq.get(seq);
  }

  /** The message that stands at this seq; undefined where none does. */
  message(seq: number): StoredMessage | undefined {
    const entry = this.at(seq);
    return entry?.kind === 'message' ? entry : undefined;
  }

  /** The edits and the deletion of a message, by its seq, in the order of the timeline. */
  changes(message: number): readonly MessageChange[] {
    return this.changesByMessage.get(message) ?? [];
  }

  users(): Iterable<string> {
    return this.staysByUser.keys();
  }

  /** In the order of time. */
  stays(user: string): Stay[] {
    return this.staysByUser.get(user) ?? [];
  }

  /** How far it has read, by its row; undefined where it never was in. */
  readSeq(user: string): number | undefined {
    return this.readSeqs.get(user);
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

  private change(change: MessageChange): void {
    const changes = this.changesByMessage.get(change.message) ?? [];
    changes.push(change);
    this.changesByMessage.set(change.message, changes);
  }

  private leave(seq: number, userId: string): void {
    const stay = this.staysByUser.get(userId)?.at(-1);
    if (stay?.leftSeq === Infinity) stay.leftSeq = seq;
  }
}

export type StoredTimelines = ReadonlyMap<string, StoredTimeline>;

export function storedTimelines(conversations: readonly StoredConversation[]): StoredTimelines {
  return new Map(conversations.map((conversation) => [conversation.id, new StoredTimeline(conversation)]));
}

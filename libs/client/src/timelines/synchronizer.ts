import {
  limits,
  type ConversationHead,
  type DurableEvent,
  type HeadsResult,
  type SocketRequests,
  type SyncResult,
} from '@parley/contracts/wire';
import { connectionLost, toParleyError, type ParleyError } from '../parley-error';
import { jitterMs, type Random } from '../connection/backoff';
import type { Connection } from '../connection/transport';
import { requestPersistently } from '../connection/persistent-request';
import type { Timelines } from './timelines';

/** Live events kept while catching up; beyond it they are dropped, and the heads read once more. */
const heldMax = 10_000;
const holeWaitMs = { from: 200, to: 500 } as const;

export interface SynchronizerHooks {
  /** Everything up to now is applied. */
  caughtUp(): void;
  /** Where a conversation stands, before what is missing of it is read. */
  head(head: ConversationHead): void;
  /** This connection cannot give what is missing. */
  broken(error: ParleyError): void;
  /** The cursors were dropped: the server's history is another one. */
  reset(epoch: string): void;
}

/** One connection's life, as far as the timelines know it. */
interface Session {
  connection: Connection;
  userId: string;
  /** Live events that wait for the catching up; null when it is done. */
  held: DurableEvent[] | null;
  overflowed: boolean;
  /** Conversations whose hole has waited long enough. */
  due: Set<string>;
  waiting: Map<string, ReturnType<typeof setTimeout>>;
  repairing: boolean;
}

/** Brings the timelines up to date after each connection, and repairs the holes that show up later. */
export class Synchronizer {
  private session: Session | undefined;

  constructor(
    private readonly timelines: Timelines,
    private readonly hooks: SynchronizerHooks,
    private readonly random: Random,
    private epoch?: string,
  ) {}

  /** Undefined before the first heads were read. */
  get currentEpoch(): string | undefined {
    return this.epoch;
  }

  /** A connection is ready: from now on live events are held until what came before them is applied. */
  start(connection: Connection, userId: string): void {
    this.stop();
    const session: Session = {
      connection,
      userId,
      held: [],
      overflowed: false,
      due: new Set(),
      waiting: new Map(),
      repairing: false,
    };
    this.session = session;
    this.catchUp(session).catch((error: unknown) => this.giveUp(session, error));
  }

  stop(): void {
    for (const timer of this.session?.waiting.values() ?? []) clearTimeout(timer);
    this.session = undefined;
  }

  receiveEvent(event: DurableEvent): void {
    const session = this.session;
    if (!session) return;
    if (!session.held) this.apply(session, event);
    else if (session.held.length < heldMax) session.held.push(event);
    else session.overflowed = true;
  }

  receiveHeads(heads: ConversationHead[]): void {
    const session = this.session;
    // While catching up the heads are being read anyway, and these may be older.
    if (!session || session.held) return;
    for (const head of heads)
      if (this.timelines.acceptHead(head)) this.repairSoon(session, head.conversationId);
  }

  private async catchUp(session: Session): Promise<void> {
    do {
      session.overflowed = false;
      const listed = await this.readHeads(session);
      const unlisted = this.timelines.ids().filter((id) => !listed.has(id));
      const behind = [...listed].filter((id) => this.timelines.isBehind(id));
      const ended = this.timelines.endedIds().filter((id) => !listed.has(id));
      // What the heads no longer list was left meanwhile: its last events, up to the leaving, are still ours. What was left
      // before may have been joined and left again.
      await this.sync(session, [...behind, ...unlisted, ...ended]);
    } while (session.overflowed && session === this.session);
    if (session !== this.session) return;
    const held = session.held ?? [];
    session.held = null;
    for (const event of held) this.apply(session, event);
    for (const id of this.timelines.ids()) if (this.timelines.isBehind(id)) this.repairSoon(session, id);
    if (session === this.session) this.hooks.caughtUp();
  }

  private async readHeads(session: Session): Promise<Set<string>> {
    const listed = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: HeadsResult = await this.request(session, 'heads', cursor === null ? {} : { cursor });
      if (page.epoch !== this.epoch) {
        this.enterEpoch(page.epoch);
        // Pages of two epochs do not add up.
        if (cursor !== null) return this.readHeads(session);
      }
      for (const head of page.heads) {
        listed.add(head.conversationId);
        this.hooks.head(head);
        this.timelines.acceptHead(head);
      }
      cursor = page.next;
    } while (cursor !== null);
    return listed;
  }

  private async sync(session: Session, ids: string[]): Promise<void> {
    const queue = [...ids];
    while (queue.length > 0 && session === this.session) {
      const batch = queue.splice(0, limits.syncMaxConversations);
      const cursors = batch.flatMap((id): [string, number][] => {
        const seq = this.timelines.seqOf(id);
        return seq === undefined ? [] : [[id, seq]];
      });
      if (cursors.length === 0) continue;
      const answer = await this.request(session, 'sync', { epoch: this.epoch ?? '', cursors });
      queue.push(...this.applySync(session, batch, answer));
    }
  }

  // Returns the conversations that have to be asked for again.
  private applySync(session: Session, asked: string[], answer: SyncResult): string[] {
    const again = new Set(asked.filter((id) => this.timelines.isBehind(id)));
    let progressed = false;
    for (const conversation of answer.conversations) {
      if (this.timelines.acceptSync(conversation, session.userId)) progressed = true;
      if (conversation.more) again.add(conversation.conversationId);
      else again.delete(conversation.conversationId);
    }
    // A server that promises more and gives nothing would be asked for ever.
    if (again.size > 0 && !progressed) throw connectionLost('The server did not give what is missing.');
    return [...again];
  }

  private async request<N extends 'heads' | 'sync'>(
    session: Session,
    name: N,
    input: SocketRequests[N]['input'],
  ): Promise<SocketRequests[N]['output']> {
    const answer = await requestPersistently(session.connection, name, input, this.random);
    if (session !== this.session) throw connectionLost();
    return answer;
  }

  private apply(session: Session, event: DurableEvent): void {
    // The app may close the client from inside a listener.
    if (session !== this.session) return;
    if (this.timelines.acceptEvent(event, session.userId)) this.repairSoon(session, event.conversationId);
  }

  private repairSoon(session: Session, id: string): void {
    if (session !== this.session || session.waiting.has(id)) return;
    const timer = setTimeout(
      () => {
        session.waiting.delete(id);
        if (!this.timelines.isBehind(id)) return;
        session.due.add(id);
        this.repair(session).catch((error: unknown) => this.giveUp(session, error));
      },
      jitterMs(holeWaitMs.from, holeWaitMs.to, this.random),
    );
    session.waiting.set(id, timer);
  }

  private async repair(session: Session): Promise<void> {
    if (session.repairing) return;
    session.repairing = true;
    while (session.due.size > 0 && session === this.session) {
      const ids = [...session.due];
      session.due.clear();
      await this.sync(session, ids);
      // The answer may be older than the event that showed the hole.
      for (const id of ids) if (this.timelines.isBehind(id)) this.repairSoon(session, id);
    }
    session.repairing = false;
  }

  private enterEpoch(epoch: string): void {
    const known = this.epoch !== undefined;
    this.epoch = epoch;
    if (!known) return;
    this.timelines.clear();
    this.hooks.reset(epoch);
  }

  // The next connection begins with the heads again, and so learns of another epoch too.
  private giveUp(session: Session, error: unknown): void {
    if (session === this.session) this.hooks.broken(toParleyError(error));
  }
}

import type { FinalState, StoredEntry, StoredMessage } from '../src/checker/final-state.types';
import { storedTimelines } from '../src/checker/timelines';
import type { Untimed } from '../src/history/history';
import type {
  ChangeCall,
  HistoryRecord,
  Place,
  ReadSight,
  Result,
  Sight,
} from '../src/history/history.types';
import { brief } from '../src/history/sight';

export interface SendOptions {
  /** What the client hears; default ok. */
  answer?: 'ok' | 'fail' | 'unknown' | 'none';
  stored?: boolean;
  /** Which connected clients get it; default all whose user may read it. */
  reaches?: (client: string) => boolean;
  body?: string;
}

export interface Told {
  op: number;
  seq: number;
  id: string;
}

type Asked =
  Omit<Extract<Result, { name: 'page' }>, 'sights'> | Omit<Extract<Result, { name: 'sync' }>, 'sights'>;

const house = 'house';

/** A made-up run of a product that keeps every promise, told step by step, for specs to spoil at one place. */
export class Story {
  readonly records: HistoryRecord[] = [];
  readonly entries: StoredEntry[] = [];
  readonly conversation = 'talk';
  private readonly clients = new Map<string, string>();
  private readonly readSeqs = new Map<string, number>();
  private t = 0;
  private ops = 0;

  constructor(...users: string[]) {
    this.put({ kind: 'joined', participants: users.map((userId) => ({ userId, visibleFrom: 1 })) });
    for (const user of users) this.connect(`${user}-1`, user);
    this.add({ type: 'watched', tenant: house, bytes: 1_000, sawOwn: true });
  }

  get head(): number {
    return this.entries.length;
  }

  add(record: Untimed): void {
    this.records.push({ t: this.t, ...record });
    this.t += 1;
  }

  pass(ms: number): this {
    this.t += ms;
    return this;
  }

  connect(client: string, user: string): this {
    this.clients.set(client, user);
    this.add({ type: 'connect', tenant: house, client, user, connection: 1 });
    for (const entry of this.entries) this.deliver(entry, (each) => each === client);
    return this;
  }

  invoke(client: string, key: string, body = `words of ${key}`): number {
    this.ops += 1;
    const call = { name: 'send', conversation: this.conversation, key, body } as const;
    this.add({ type: 'invoke', op: this.ops, client, user: this.userOf(client), call });
    return this.ops;
  }

  ok(op: number, { seq, id }: { seq: number; id: string }, duplicate = false): this {
    this.add({ type: 'ok', op, result: { name: 'send', seq, id, duplicate } });
    return this;
  }

  send(client: string, key: string, options: SendOptions = {}): Told {
    const { answer = 'ok', stored = true, reaches, body = `words of ${key}` } = options;
    const op = this.invoke(client, key, body);
    const place = { seq: this.head + 1, id: `m${this.head + 1}` };
    if (stored) {
      const said = { body, versions: [brief(body)], version: 1, text: brief(body) };
      const entry = this.put({ kind: 'message', sender: this.userOf(client), key, ...said });
      this.deliver(entry, reaches);
    }
    if (answer === 'ok') this.ok(op, place);
    else if (answer === 'fail') this.add({ type: 'fail', op, code: 'conversation.not_found' });
    else if (answer === 'unknown') this.add({ type: 'unknown', op, reason: 'timeout' });
    return { op, ...place };
  }

  join(user: string, visibleFrom = this.head + 1): this {
    this.deliver(this.put({ kind: 'joined', participants: [{ userId: user, visibleFrom }] }));
    return this;
  }

  /** Removes somebody, by a call of the back end; `told`: the answer names the seq. */
  remove(user: string, told = true): this {
    const op = this.beginFor(user, 'remove');
    const entry = this.put({ kind: 'left', userId: user });
    this.deliver(entry);
    this.add({ type: 'ok', op, result: { name: 'remove', ...(told ? { leftSeq: entry.seq } : {}) } });
    return this;
  }

  /** `done`: whether it takes the user out. */
  ban(user: string, done = true): this {
    const op = this.beginFor(user, 'ban');
    if (done) this.deliver(this.put({ kind: 'left', userId: user }));
    this.add({ type: 'ok', op, result: { name: 'ban' } });
    return this;
  }

  unban(user: string): this {
    const op = this.beginFor(user, 'unban');
    this.add({ type: 'ok', op, result: { name: 'unban' } });
    return this;
  }

  /** Lets somebody in, by a call of the back end. */
  letIn(user: string): this {
    const op = this.beginFor(user, 'add');
    this.join(user);
    this.add({ type: 'ok', op, result: { name: 'add' } });
    return this;
  }

  /** Gives a message other words; `as`: what becomes of its version. */
  edit(client: string, { seq, id }: Told, text: string, as = this.message(seq).version + 1): this {
    const op = this.begin(client, { name: 'edit', conversation: this.conversation, message: id, text });
    const message = this.message(seq);
    Object.assign(message, { version: as, text: brief(text), versions: [...message.versions, brief(text)] });
    this.deliver(this.put({ kind: 'edited', message: seq, version: as }));
    this.add({ type: 'ok', op, result: { name: 'edit', sight: this.sight(seq) } });
    return this;
  }

  erase(client: string, { seq, id }: Told): this {
    const op = this.begin(client, { name: 'delete', conversation: this.conversation, message: id });
    this.message(seq).text = null;
    this.deliver(this.put({ kind: 'deleted', message: seq }));
    this.add({ type: 'ok', op, result: { name: 'delete', sight: this.sight(seq) } });
    return this;
  }

  /** Marks as read up to `seq`; `answer` is what the server makes of it. */
  read(client: string, seq: number, answer: Partial<ReadSight> = {}): this {
    const user = this.userOf(client);
    const op = this.begin(client, { name: 'read', conversation: this.conversation, seq });
    this.readSeqs.set(user, answer.readSeq ?? Math.max(seq, this.readSeqs.get(user) ?? 0));
    this.add({ type: 'ok', op, result: { name: 'read', read: { ...this.unreadOf(user), ...answer } } });
    return this;
  }

  /** What a client tells its app of where the marker stands. */
  surfaceRead(client: string, readSeq: number): this {
    const user = this.userOf(client);
    this.add({ type: 'read', via: 'app', client, user, read: { ...this.unreadOf(user), readSeq } });
    return this;
  }

  heads(client: string): this {
    const user = this.userOf(client);
    const op = this.begin(client, { name: 'heads' });
    this.add({ type: 'ok', op, result: { name: 'heads', reads: [this.unreadOf(user)] } });
    return this;
  }

  sight(seq: number): Sight {
    const { version, text } = this.message(seq);
    return { message: seq, version, text };
  }

  ask(client: string, result: Asked, after: number, sights: Sight[] = []): this {
    this.ops += 1;
    const place = { conversation: this.conversation, after };
    const call =
      result.name === 'page'
        ? ({ name: 'page', ...place, limit: 200 } as const)
        : ({ name: 'sync', ...place } as const);
    this.add({ type: 'invoke', op: this.ops, client, user: this.userOf(client), call });
    this.add({ type: 'ok', op: this.ops, result: { ...result, sights } });
    return this;
  }

  places(from: number, to: number): Place[] {
    return this.entries.filter(({ seq }) => seq >= from && seq <= to).map(({ seq, id }) => [seq, id]);
  }

  receive(
    client: string,
    seq: number,
    {
      id = `m${seq}`,
      applied = true,
      event = 'message.created',
      sight,
    }: { id?: string; applied?: boolean; event?: string; sight?: Sight | undefined } = {},
  ): this {
    const user = this.userOf(client);
    const said = sight === undefined ? {} : { sight };
    const seen = { client, user, conversation: this.conversation, seq, id, event, ...said };
    this.add({ type: 'recv', ...seen, via: 'live', connection: 1 });
    if (applied) this.add({ type: 'apply', ...seen });
    return this;
  }

  /** The run comes to rest; what `between` does happens in the quiet time. */
  rest(between: () => void = () => undefined): this {
    this.add({ type: 'mark', name: 'healed' });
    this.add({ type: 'mark', name: 'quiet' });
    between();
    this.add({ type: 'mark', name: 'end' });
    return this;
  }

  final(): FinalState {
    const conversation = {
      id: this.conversation,
      tenant: house,
      lastSeq: this.head,
      entries: this.entries,
      participants: [],
    };
    const [timeline] = storedTimelines([conversation]).values();
    const users = [...(timeline?.users() ?? [])].flatMap((userId) => {
      const stay = timeline?.latestStay(userId);
      return stay === undefined ? [] : [{ userId, stay }];
    });
    return {
      conversations: [
        {
          ...conversation,
          participants: users.map(({ userId, stay: { visibleFrom, leftSeq } }) => ({
            userId,
            visibleFrom,
            leftSeq: leftSeq === Infinity ? null : leftSeq,
            readSeq: this.readSeqs.get(userId) ?? 0,
          })),
        },
      ],
      views: users.map(({ userId, stay: { visibleFrom, leftSeq } }) => ({
        user: userId,
        conversation: this.conversation,
        places: this.messages(visibleFrom, leftSeq).map(({ seq, id }): Place => [seq, id]),
        sights: this.messages(visibleFrom, leftSeq).map(({ seq }) => this.sight(seq)),
      })),
      unread: users
        .filter(({ stay }) => stay.leftSeq === Infinity)
        .map(({ userId }) => ({ user: userId, ...this.unreadOf(userId) })),
    };
  }

  private beginFor(subject: string, name: 'add' | 'remove' | 'ban' | 'unban'): number {
    this.ops += 1;
    const call = { name, conversation: this.conversation, subject };
    this.add({ type: 'invoke', op: this.ops, client: 'back-end', user: 'back-end', call });
    return this.ops;
  }

  private begin(client: string, call: ChangeCall | { name: 'heads' }): number {
    this.ops += 1;
    this.add({ type: 'invoke', op: this.ops, client, user: this.userOf(client), call });
    return this.ops;
  }

  private message(seq: number): StoredMessage {
    const entry = this.entries[seq - 1];
    if (entry?.kind !== 'message') throw new RangeError(`no message stands at seq ${seq}`);
    return entry;
  }

  private messages(from: number, to: number): StoredMessage[] {
    return this.entries.filter(
      (entry) => entry.kind === 'message' && entry.seq >= from && entry.seq <= to,
    ) as StoredMessage[];
  }

  private unreadOf(user: string): ReadSight {
    const readSeq = this.readSeqs.get(user) ?? 0;
    const [timeline] = storedTimelines([
      { id: this.conversation, tenant: house, lastSeq: this.head, entries: this.entries, participants: [] },
    ]).values();
    const from = Math.max(readSeq + 1, timeline?.latestStay(user)?.visibleFrom ?? 1);
    const unread = this.messages(from, this.head).filter(
      ({ sender, text }) => sender !== user && text !== null,
    ).length;
    return { conversation: this.conversation, readSeq, unread, lastSeq: this.head };
  }

  private userOf(client: string): string {
    return this.clients.get(client) ?? client;
  }

  private put(content: { kind: StoredEntry['kind'] } & Record<string, unknown>): StoredEntry {
    const entry = { seq: this.head + 1, id: `m${this.head + 1}`, ...content } as StoredEntry;
    this.entries.push(entry);
    return entry;
  }

  private deliver(entry: StoredEntry, reaches: (client: string) => boolean = () => true): void {
    const { seq, id, kind } = entry;
    const stored = { id: '', tenant: house, lastSeq: this.head, entries: this.entries, participants: [] };
    const [timeline] = storedTimelines([stored]).values();
    for (const [client, user] of this.clients) {
      if (!timeline?.mayRead(user, seq) || !reaches(client)) continue;
      this.receive(client, seq, { id, event: events[kind], sight: this.sightBy(entry) });
    }
  }

  private sightBy(entry: StoredEntry): Sight | undefined {
    if (entry.kind === 'message') return this.sight(entry.seq);
    if (entry.kind === 'edited') return this.sight(entry.message);
    return entry.kind === 'deleted' ? { message: entry.message, version: 0, text: null } : undefined;
  }
}

const events: Record<StoredEntry['kind'], string> = {
  message: 'message.created',
  edited: 'message.updated',
  deleted: 'message.deleted',
  joined: 'participant.joined',
  left: 'participant.left',
  other: 'reaction.added',
};

import type { FinalState, StoredEntry } from '../src/checker/final-state.types';
import { storedTimelines } from '../src/checker/timelines';
import type { Untimed } from '../src/history/history';
import type { HistoryRecord, Place, Result } from '../src/history/history.types';

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

/** A made-up run of a product that keeps every promise, told step by step, for specs to spoil at one place. */
export class Story {
  readonly records: HistoryRecord[] = [];
  readonly entries: StoredEntry[] = [];
  readonly conversation = 'talk';
  private readonly clients = new Map<string, string>();
  private t = 0;
  private ops = 0;

  constructor(...users: string[]) {
    this.put({ kind: 'joined', participants: users.map((userId) => ({ userId, visibleFrom: 1 })) });
    for (const user of users) this.connect(`${user}-1`, user);
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
    this.add({ type: 'connect', client, user, connection: 1 });
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
      const entry = this.put({ kind: 'message', sender: this.userOf(client), key, body });
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
    this.ops += 1;
    const op = this.ops;
    const call = { name: 'remove', conversation: this.conversation, subject: user } as const;
    this.add({ type: 'invoke', op, client: 'back-end', user: 'back-end', call });
    const entry = this.put({ kind: 'left', userId: user });
    this.deliver(entry);
    this.add({ type: 'ok', op, result: { name: 'remove', ...(told ? { leftSeq: entry.seq } : {}) } });
    return this;
  }

  ask(client: string, result: Extract<Result, { name: 'page' | 'sync' }>, after: number): this {
    this.ops += 1;
    const place = { conversation: this.conversation, after };
    const call =
      result.name === 'page'
        ? ({ name: 'page', ...place, limit: 200 } as const)
        : ({ name: 'sync', ...place } as const);
    this.add({ type: 'invoke', op: this.ops, client, user: this.userOf(client), call });
    this.add({ type: 'ok', op: this.ops, result });
    return this;
  }

  places(from: number, to: number): Place[] {
    return this.entries.filter(({ seq }) => seq >= from && seq <= to).map(({ seq, id }) => [seq, id]);
  }

  receive(
    client: string,
    seq: number,
    { id = `m${seq}`, applied = true, event = 'message.created' } = {},
  ): this {
    const seen = { client, user: this.userOf(client), conversation: this.conversation, seq, id, event };
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
      lastSeq: this.head,
      entries: this.entries,
      participants: [],
    };
    const [timeline] = storedTimelines({ conversations: [conversation], views: [] }).values();
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
          })),
        },
      ],
      views: users.map(({ userId, stay: { visibleFrom, leftSeq } }) => ({
        user: userId,
        conversation: this.conversation,
        places: this.messages(visibleFrom, leftSeq),
      })),
    };
  }

  private messages(from: number, to: number): Place[] {
    return this.entries
      .filter(({ kind, seq }) => kind === 'message' && seq >= from && seq <= to)
      .map(({ seq, id }) => [seq, id]);
  }

  private userOf(client: string): string {
    return this.clients.get(client) ?? client;
  }

  private put(content: { kind: StoredEntry['kind'] } & Record<string, unknown>): StoredEntry {
    const entry = { seq: this.head + 1, id: `m${this.head + 1}`, ...content } as StoredEntry;
    this.entries.push(entry);
    return entry;
  }

  private deliver({ seq, id, kind }: StoredEntry, reaches: (client: string) => boolean = () => true): void {
    const stored = { id: '', lastSeq: this.head, entries: this.entries, participants: [] };
    const [timeline] = storedTimelines({ conversations: [stored], views: [] }).values();
    for (const [client, user] of this.clients) {
      if (!timeline?.mayRead(user, seq) || !reaches(client)) continue;
      this.receive(client, seq, {
        id,
        event: kind === 'message' ? 'message.created' : 'participant.changed',
      });
    }
  }
}

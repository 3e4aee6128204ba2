import type { Call, CallName, HistoryRecord, Invoke, Result } from '../history/history.types';

type CallOf<N extends CallName> = Extract<Call, { name: N }>;
type ResultOf<N extends CallName> = Extract<Result, { name: N }>;

/** One call with what became of it. */
export interface Operation<N extends CallName = CallName> {
  op: number;
  client: string;
  user: string;
  call: CallOf<N>;
  invokedAt: number;
  /** Infinity while open. */
  endedAt: number;
  outcome: { type: 'ok'; result: ResultOf<N> } | { type: 'fail'; code: string } | { type: 'unknown' };
  /** The newest seq of its conversation that anybody had an answer about when it began. */
  ackedBefore: number;
}

/** All attempts under one (conversation, user, clientMessageId). */
export interface Send {
  conversation: string;
  user: string;
  key: string;
  attempts: Operation<'send'>[];
}

/** What the history says, gathered in one pass. */
export class Evidence {
  readonly operations: Operation[] = [];
  private readonly byKey = new Map<string, Send>();
  private readonly open = new Map<number, Operation>();
  private readonly acked = new Map<string, number>();
  private readonly marks = new Map<string, number>();

  constructor(readonly records: readonly HistoryRecord[]) {
    for (const record of records) this.take(record);
  }

  get sends(): Iterable<Send> {
    return this.byKey.values();
  }

  send(conversation: string, user: string, key: string): Send | undefined {
    return this.byKey.get(sendKey(conversation, user, key));
  }

  operationsOf<N extends CallName>(name: N): Operation<N>[] {
    const ofName = this.operations.filter((each) => each.call.name === name);
    return ofName as unknown as Operation<N>[];
  }

  /** When the run reached this mark; Infinity: never. */
  mark(name: 'healed' | 'quiet' | 'end'): number {
    return this.marks.get(name) ?? Infinity;
  }

  private take(record: HistoryRecord): void {
    if (record.type === 'invoke') this.begin(record);
    else if (record.type === 'mark') this.marks.set(record.name, record.t);
    else if (record.type === 'ok') {
      this.end(record.op, record.t, { type: 'ok', result: record.result });
    } else if (record.type === 'fail') this.end(record.op, record.t, { type: 'fail', code: record.code });
    else if (record.type === 'unknown') this.end(record.op, record.t, { type: 'unknown' });
  }

  private begin({ op, t, client, user, call }: Invoke): void {
    const conversation = 'conversation' in call ? call.conversation : '';
    const operation: Operation = {
      op,
      client,
      user,
      call,
      invokedAt: t,
      endedAt: Infinity,
      outcome: { type: 'unknown' },
      ackedBefore: this.acked.get(conversation) ?? 0,
    };
    this.operations.push(operation);
    this.open.set(op, operation);
    if (call.name === 'send') this.attempt(operation as Operation<'send'>);
  }

  private attempt(operation: Operation<'send'>): void {
    const { conversation, key } = operation.call;
    const name = sendKey(conversation, operation.user, key);
    const send = this.byKey.get(name) ?? { conversation, user: operation.user, key, attempts: [] };
    send.attempts.push(operation);
    this.byKey.set(name, send);
  }

  private end(op: number, t: number, outcome: Operation['outcome']): void {
    const operation = this.open.get(op);
    if (operation === undefined) return;
    this.open.delete(op);
    operation.endedAt = t;
    operation.outcome = outcome;
    if (outcome.type === 'ok') this.raiseAcked(operation.call, outcome.result);
  }

  private raiseAcked(call: Call, result: Result): void {
    const seq = result.name === 'send' ? result.seq : result.name === 'remove' ? (result.leftSeq ?? 0) : 0;
    if (seq === 0 || !('conversation' in call)) return;
    this.acked.set(call.conversation, Math.max(seq, this.acked.get(call.conversation) ?? 0));
  }
}

function sendKey(conversation: string, user: string, key: string): string {
  return `${conversation} ${user} ${key}`;
}

import type { DurableEvent, MessageView } from '@parley/contracts/wire';
import { holdsWithin, now } from './clock.ts';
import { Connection } from './connection.ts';
import { Ledger, type Place } from './ledger.ts';
import { metrics } from './metrics.ts';
import { report } from './findings.ts';
import type { Member, World } from './world.ts';

const connectLimitMs = 15_000;

/** What every message of a run carries, so that its receivers can judge it. */
interface Mark {
  run: string;
  /** When it was to be sent, on the clock of the run: a stall of the sender counts as latency. */
  due: number;
}

/** One user of a circle: sends by the clock, and writes down what arrives. */
export class User {
  private readonly connection: Connection;
  private readonly ledgers = new Map<string, Ledger>();
  private readonly startedAt = now();
  private sends = 0;
  private isReady = false;
  /** When something arrived last. */
  heardAt = now();

  constructor(
    readonly member: Member,
    private readonly world: World,
  ) {
    this.connection = new Connection(world.baseUrl, member, {
      event: (name, payload) => this.receive(name, payload),
      lost: (why) => {
        metrics.disconnects.add(1);
        report(`${member.userId} lost its ${member.transport} connection: ${why}`);
      },
    });
  }

  /** True when the server said `ready` and told where every conversation stands. */
  async listen(conversationIds: readonly string[]): Promise<boolean> {
    await holdsWithin(connectLimitMs, () => this.isReady || this.connection.isEnded);
    if (!this.isReady) return false;
    let cursor: string | undefined;
    do {
      const ack = await this.connection.request('heads', cursor === undefined ? {} : { cursor });
      if (ack?.ok !== true) return false;
      for (const { conversationId, lastSeq } of ack.data.heads) {
        if (conversationIds.includes(conversationId)) this.ledgers.set(conversationId, new Ledger(lastSeq));
      }
      cursor = ack.data.next ?? undefined;
    } while (cursor !== undefined);
    return conversationIds.every((id) => this.ledgers.has(id));
  }

  /** Resolves when the ack is there, or will not come any more. */
  async send(conversationId: string, due: number): Promise<void> {
    this.sends += 1;
    const { run } = this.world;
    const metadata: Mark & Record<string, unknown> = { run, due };
    const sent = this.connection.request('message.send', {
      conversationId,
      clientMessageId: `load.${run}.${this.member.userId}.${this.sends}`,
      text: `Message ${this.sends} of ${this.member.userId}`.padEnd(120, '.'),
      metadata,
    });
    metrics.messagesSent.add(1);
    const ack = await sent;
    if (ack?.ok === true) {
      metrics.messagesAcked.add(1);
      metrics.ackLatency.add(now() - due);
      return;
    }
    metrics.sendFailed.add(1);
    const why = ack === undefined ? 'no ack came' : `${ack.error.code} (${ack.error.message})`;
    report(`${this.member.userId} could not send its message ${this.sends}: ${why}`);
  }

  baseOf(conversationId: string): number {
    return this.ledgers.get(conversationId)?.base ?? 0;
  }

  hasAll(conversationId: string, history: readonly Place[]): boolean {
    return this.ledgers.get(conversationId)?.judge(history).lost.length === 0;
  }

  /** Counts what never came live, or came as something else. */
  compare(conversationId: string, history: readonly Place[]): void {
    const { lost, mismatched } = this.ledgers.get(conversationId)?.judge(history) ?? {
      lost: [],
      mismatched: [],
    };
    metrics.lost.add(lost.length);
    metrics.mismatched.add(mismatched.length);
    for (const seq of lost) report(`LOST: ${this.place(conversationId, seq)} never arrived`);
    for (const seq of mismatched)
      report(`MISMATCHED: ${this.place(conversationId, seq)} is another message in the history`);
  }

  close(): void {
    this.connection.close();
  }

  private receive(name: string, payload: unknown): void {
    this.heardAt = now();
    if (name === 'ready') {
      this.isReady = true;
      metrics.connectLatency.add(now() - this.startedAt);
    }
    if (!isDurable(payload)) return;
    const ledger = this.ledgers.get(payload.conversationId);
    if (ledger === undefined) return;
    const message = payload.type === 'message.created' ? payload.data : undefined;
    const arrival = ledger.note(payload.seq, message?.id);
    switch (arrival) {
      case 'old':
        return;
      case 'double':
        metrics.duplicated.add(1);
        return report(`DUPLICATED: ${this.place(payload.conversationId, payload.seq)} arrived again`);
      case 'late':
        metrics.outOfOrder.add(1);
        report(`OUT OF ORDER: ${this.place(payload.conversationId, payload.seq)} arrived after a later one`);
        return this.countDelivery(message);
      case 'next':
      case 'ahead':
        return this.countDelivery(message);
    }
  }

  private countDelivery(message: MessageView | undefined): void {
    const { run, due } = (message?.metadata ?? {}) as Partial<Mark>;
    if (run !== this.world.run || due === undefined) return;
    metrics.messagesDelivered.add(1);
    metrics.deliveryLatency.add(now() - due);
  }

  private place(conversationId: string, seq: number): string {
    return `seq ${seq} of conversation ${conversationId} at ${this.member.userId} (${this.member.transport})`;
  }
}

function isDurable(payload: unknown): payload is DurableEvent {
  return typeof payload === 'object' && payload !== null && 'seq' in payload && 'conversationId' in payload;
}

import { setTimeout as delay } from 'node:timers/promises';
import { limits, type DurableEvent, type HeadsResult, type SyncResult } from '@parley/contracts/wire';
import type { Target } from './framed-socket';
import type { ClientPlan } from './load-client';
import { decodeKey } from './message-key';
import { RequestClient } from './request-client';
import { mark, type Marks } from './tally';

const holeMs = 300;

interface Timeline extends Marks {
  applied: number;
  /** What came before its turn. */
  early: Map<number, DurableEvent>;
}

/** A client as docs/protocol.md wants it: applies in order, drops what it has, and asks for what it lacks. */
export class Attendee {
  readonly timelines = new Map<string, Timeline>();
  repeats = 0;
  private client: RequestClient | undefined;
  private epoch = '';
  private catchingUp = true;

  constructor(
    private readonly target: Target,
    private readonly plan: ClientPlan,
    private readonly localAddress: string,
  ) {}

  /** Connects and catches up; the first time it begins at the present. How many events came by `sync`. */
  async connect(onReady: () => void): Promise<number> {
    this.catchingUp = true;
    const { target, plan, localAddress } = this;
    const handlers = { event: (name: string, payload: unknown) => this.receive(name, payload) };
    this.client = await RequestClient.open(target, plan.auth, handlers, localAddress);
    onReady();
    return this.catchUp(this.client);
  }

  cut(): void {
    this.client?.close('cut');
  }

  private async catchUp(client: RequestClient): Promise<number> {
    this.catchingUp = true;
    const behind = await this.readHeads(client);
    let synced = 0;
    for (let todo = behind; todo.length > 0;) {
      const cursors = todo.splice(0, limits.syncMaxConversations);
      const { conversations } = await client.request<SyncResult>('sync', { epoch: this.epoch, cursors });
      for (const { conversationId, events, more } of conversations) {
        for (const event of events) this.apply(event);
        synced += events.length;
        const timeline = this.timelines.get(conversationId);
        if (more && timeline !== undefined) todo.push([conversationId, timeline.applied]);
      }
    }
    this.catchingUp = false;
    for (const timeline of this.timelines.values()) this.release(timeline);
    return synced;
  }

  private async readHeads(client: RequestClient): Promise<[string, number][]> {
    const behind: [string, number][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: HeadsResult = await client.request('heads', cursor === undefined ? {} : { cursor });
      this.epoch = page.epoch;
      for (const { conversationId, lastSeq } of page.heads) {
        const timeline = this.timelines.get(conversationId);
        if (timeline === undefined) this.timelines.set(conversationId, begunAt(lastSeq));
        else if (timeline.applied < lastSeq) behind.push([conversationId, timeline.applied]);
      }
      cursor = page.next;
    }
    return behind;
  }

  private receive(_name: string, payload: unknown): void {
    const event = payload as Partial<DurableEvent>;
    if (event.seq === undefined || event.conversationId === undefined) return;
    const timeline = this.timelines.get(event.conversationId);
    if (timeline === undefined) return;
    if (event.seq <= timeline.applied || timeline.early.has(event.seq)) this.repeats += 1;
    else timeline.early.set(event.seq, event as DurableEvent);
    if (this.catchingUp) return;
    this.release(timeline);
    if (timeline.early.size > 0) void this.fillHole();
  }

  private async fillHole(): Promise<void> {
    const { client } = this;
    this.catchingUp = true;
    await delay(holeMs);
    // A connection that ends meanwhile catches up when it is back.
    if (client !== undefined && client === this.client) await this.catchUp(client).catch(() => undefined);
  }

  private release(timeline: Timeline): void {
    for (
      let next = timeline.early.get(timeline.applied + 1);
      next;
      next = timeline.early.get(timeline.applied + 1)
    ) {
      this.apply(next);
    }
  }

  private apply(event: DurableEvent): void {
    const timeline = this.timelines.get(event.conversationId);
    if (timeline === undefined) return;
    timeline.early.delete(event.seq);
    if (event.seq !== timeline.applied + 1) return;
    timeline.applied = event.seq;
    const key = event.type === 'message.created' ? decodeKey(event.data.clientMessageId) : undefined;
    if (key !== undefined) mark(timeline, event.seq, key);
  }
}

function begunAt(applied: number): Timeline {
  return { applied, early: new Map(), count: 0, print: 0 };
}

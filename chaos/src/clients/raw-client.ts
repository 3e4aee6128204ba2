import {
  limits,
  type Ack,
  type DurableEvent,
  type HeadsResult,
  type ReadyData,
} from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { ChangeCall, Place } from '../history/history.types';
import { readSight } from '../history/sight';
import type { Random } from '../random';
import type { ChaosClient } from './chaos-client';
import { EngineIoSocket } from './engine-io-socket';
import { RawChanger } from './raw-changer';
import { RawRequests } from './raw-requests';
import { RawSender } from './raw-sender';
import { RawTimeline } from './raw-timeline';
import { RawTrespasser } from './raw-trespasser';
import { isDurable, ownReadState, TimelineRecorder } from './timeline-recorder';

export interface RawClientOptions {
  name: string;
  user: string;
  tenant: string;
  token: string;
  gatewayUrl: string;
  apiUrl: string;
}

const requestTimeoutMs = 8_000;
const reconnectMs = { from: 50, to: 500 } as const;
const holeMs = { from: 200, to: 500 } as const;

/** A client that knows nothing of our SDK: frames by hand, and the protocol as docs/protocol.md tells it. */
export class RawClient implements ChaosClient {
  readonly name: string;
  readonly user: string;
  readonly sender: RawSender;
  readonly trespasser: RawTrespasser;
  private readonly changer: RawChanger;
  private readonly recorder: TimelineRecorder;
  private readonly timelines = new Map<string, RawTimeline>();
  /** Live events that wait until the heads are read; null afterwards. */
  private held: DurableEvent[] | null = [];
  private socket: EngineIoSocket | undefined;
  private isReady = false;
  private syncing = false;
  private closed = false;
  private epoch = '';
  private timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly options: RawClientOptions,
    private readonly history: History,
    private readonly random: Random,
  ) {
    this.name = options.name;
    this.user = options.user;
    this.recorder = new TimelineRecorder(history, this.name, this.user, options.tenant);
    const requests = new RawRequests(this, options, history, () => (this.isReady ? this.socket : undefined));
    this.sender = new RawSender(requests, random.fork());
    this.trespasser = new RawTrespasser(requests, random.fork());
    this.changer = new RawChanger(requests, random.fork());
  }

  get isLive(): boolean {
    return this.isReady && this.held === null && !this.syncing && !this.anyBehind();
  }

  start(): void {
    this.connect();
  }

  send(conversation: string, key: string, body: string): Promise<Place | undefined> {
    return this.sender.send(conversation, key, body);
  }

  change(call: ChangeCall): Promise<boolean> {
    return this.changer.change(call);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.socket?.close('done');
  }

  private connect(): void {
    if (this.closed) return;
    this.held = [];
    const socket = new EngineIoSocket(this.options.gatewayUrl, this.options.token, {
      event: (name, payload) => this.receive(socket, name, payload),
      closed: (reason) => this.lose(reason),
    });
    this.socket = socket;
  }

  private lose(reason: string): void {
    this.isReady = false;
    this.socket = undefined;
    this.recorder.disconnect(reason);
    this.later(reconnectMs, () => this.connect());
  }

  private receive(socket: EngineIoSocket, name: string, payload: unknown): void {
    if (name === 'ready') this.begin(socket, payload as ReadyData);
    else if (name === 'drain') {
      const { afterMs } = payload as { afterMs: number };
      this.later({ from: 0, to: afterMs }, () => socket.close('drained'));
    } else if (isDurable(name, payload)) {
      this.recorder.receive(payload, 'live');
      if (this.held !== null) this.held.push(payload);
      else this.take(payload);
    } else if (name === 'heads') {
      for (const head of (payload as HeadsResult).heads) this.timeline(head.conversationId).noteHead(head);
      this.syncSoon();
    } else {
      const state = ownReadState(name, payload);
      if (state !== undefined) this.recorder.read('wire', state);
    }
  }

  private begin(socket: EngineIoSocket, { epoch }: ReadyData): void {
    this.isReady = true;
    this.epoch = epoch;
    this.recorder.connect();
    this.catchUp(socket).catch(() => socket.close('the catching up failed'));
  }

  private async catchUp(socket: EngineIoSocket): Promise<void> {
    const listed = new Set<string>();
    for (let cursor: string | null | undefined; cursor !== null;) {
      const call = this.history.invoke(this.name, this.user, { name: 'heads' });
      const page: HeadsResult = await unwrap(
        socket.request('heads', cursor === undefined ? {} : { cursor }, requestTimeoutMs),
        () => call.unknown('no answer'),
      );
      call.ok({ name: 'heads', reads: page.heads.map(readSight) });
      for (const head of page.heads) {
        listed.add(head.conversationId);
        this.timeline(head.conversationId, head.visibleFrom - 1).noteHead(head);
      }
      cursor = page.next;
    }
    const unlisted = [...this.timelines.values()].filter(
      (each) => !listed.has(each.conversation) && !each.isOver,
    );
    await this.sync(socket, [...unlisted, ...this.behind()]);
    const held = this.held ?? [];
    this.held = null;
    for (const event of held) this.take(event);
  }

  private take(event: DurableEvent): void {
    const timeline = this.timeline(event.conversationId);
    timeline.offer(event);
    if (timeline.behind) this.syncSoon();
  }

  private syncSoon(): void {
    const { socket } = this;
    if (this.syncing || this.held !== null || socket === undefined || !this.anyBehind()) return;
    this.syncing = true;
    this.later(holeMs, () => {
      this.sync(socket, this.behind())
        .catch(() => socket.close('a sync failed'))
        .finally(() => {
          this.syncing = false;
          this.syncSoon();
        })
        .catch(() => undefined);
    });
  }

  private async sync(socket: EngineIoSocket, timelines: RawTimeline[]): Promise<void> {
    const queue = [...new Set(timelines)];
    while (queue.length > 0) {
      const batch = queue.splice(0, limits.syncMaxConversations);
      const cursors = batch.map(({ conversation, seq }): [string, number] => [conversation, seq]);
      const calls = this.recorder.sync(cursors);
      const { conversations } = await unwrap(
        socket.request('sync', { epoch: this.epoch, cursors }, requestTimeoutMs),
        (reason) => calls.failed(reason),
      );
      calls.answered(conversations);
      for (const answer of conversations) {
        const timeline = this.timeline(answer.conversationId);
        if (timeline.noteSync(answer)) queue.push(timeline);
      }
    }
  }

  private timeline(conversation: string, from = 0): RawTimeline {
    let timeline = this.timelines.get(conversation);
    if (timeline === undefined) {
      timeline = new RawTimeline(conversation, this.user, (event) => this.recorder.apply(event), from);
      this.timelines.set(conversation, timeline);
    }
    return timeline;
  }

  private behind(): RawTimeline[] {
    return [...this.timelines.values()].filter(({ behind }) => behind);
  }

  private anyBehind(): boolean {
    return this.behind().length > 0;
  }

  private later({ from, to }: { from: number; to: number }, run: () => void): void {
    if (this.closed) return;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        run();
      },
      this.random.between(from, to),
    );
    this.timers.add(timer);
  }
}

async function unwrap<T>(answer: Promise<Ack<T>>, failed: (reason: string) => void): Promise<T> {
  try {
    const ack = await answer;
    if (ack.ok) return ack.data;
    throw new Error(ack.error.code);
  } catch (error) {
    failed((error as Error).message);
    throw error;
  }
}

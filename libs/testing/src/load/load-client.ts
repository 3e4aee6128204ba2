import { nowMicros } from './clock';
import { FramedSocket, type SocketListener, type Target } from './framed-socket';
import { decodeKey, encodeKey, type MessageKey } from './message-key';
import { mark, type Marks, type Tally } from './tally';

/** JSON that authenticates, and the conversations whose messages the client must get. */
export interface ClientPlan {
  auth: string;
  conversations: readonly string[];
}

interface Timeline extends Marks {
  lastSeq: number;
}

/** One connection: sends, and checks every event that it gets. */
export class LoadClient implements SocketListener {
  readonly timelines = new Map<string, Timeline>();
  private readonly socket: FramedSocket;
  private readonly waiting = new Map<number, { conversation: string; key: MessageKey }>();
  private requests = 0;
  private settle: ((reason?: string) => void) | undefined;
  private isDone = false;

  constructor(
    target: Target,
    private readonly plan: ClientPlan,
    private readonly tally: Tally,
    localAddress?: string,
  ) {
    this.socket = new FramedSocket(target, plan.auth, this, localAddress);
    for (const conversation of plan.conversations) {
      this.timelines.set(conversation, { lastSeq: -1, count: 0, print: 0 });
    }
  }

  /** Resolves when the server says that events come from now on. @throws Error with the reason of a refusal */
  untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = (reason) => (reason === undefined ? resolve() : reject(new Error(reason)));
    });
  }

  /** Sends that were not answered yet. */
  get unanswered(): number {
    return this.waiting.size;
  }

  get conversations(): readonly string[] {
    return this.plan.conversations;
  }

  send(conversation: string, text: string, key: MessageKey): void {
    this.requests += 1;
    this.waiting.set(this.requests, { conversation, key });
    const input = `{"conversationId":"${conversation}","clientMessageId":"${encodeKey(key)}","text":"${text}"}`;
    this.socket.request(this.requests, 'message.send', input);
  }

  close(reason = 'done'): void {
    this.isDone = true;
    this.socket.destroy(reason);
  }

  ready(): void {
    const { settle } = this;
    this.settle = undefined;
    settle?.();
  }

  closed(reason: string): void {
    const { settle } = this;
    this.settle = undefined;
    if (settle !== undefined) settle(reason);
    else if (!this.isDone) this.tally.closed += 1;
  }

  ack(id: number, ok: boolean, frame: string): void {
    const sent = this.waiting.get(id);
    if (sent === undefined) return;
    this.waiting.delete(id);
    const now = nowMicros();
    this.tally.lastFrameMicros = now;
    if (ok) this.tally.ack(sent.conversation, numberAfter(frame, '"seq":'), sent.key, now);
    else this.tally.refuse(textAfter(frame, '"code":"'));
  }

  event(frame: string): void {
    const seq = numberAfter(frame, '"seq":');
    if (Number.isNaN(seq)) return;
    const now = nowMicros();
    this.tally.lastFrameMicros = now;
    const timeline = this.timelines.get(textAfter(frame, '"conversationId":"'));
    if (timeline === undefined) {
      this.tally.strangers += 1;
      return;
    }
    // The first event after the connection says where it stands.
    const expected = timeline.lastSeq === -1 ? seq : timeline.lastSeq + 1;
    if (seq < expected) this.tally.duplicates += 1;
    if (seq > expected) this.tally.holes += seq - expected;
    timeline.lastSeq = Math.max(seq, timeline.lastSeq);
    const key = decodeKey(textAfter(frame, '"clientMessageId":"'));
    if (key === undefined) return;
    mark(timeline, seq, key);
    this.tally.delivery(key, now);
  }
}

function numberAfter(frame: string, name: string): number {
  const at = frame.indexOf(name);
  return at === -1 ? NaN : parseInt(frame.slice(at + name.length, at + name.length + 16), 10);
}

function textAfter(frame: string, name: string): string {
  const at = frame.indexOf(name);
  return at === -1 ? '' : frame.slice(at + name.length, frame.indexOf('"', at + name.length));
}

import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Batch, Outgoing, Protocol } from './batch';
import { Coalescing } from './coalescing';

/** What a socket may hold that its other side did not take: beyond, it is slow. */
export const sendBudget = { messages: 256, bytes: 1024 * 1024 } as const;

export interface Line {
  protocol: Protocol;
  webSocket: WebSocket;
  /** The connection below the WebSocket, which gets whole frames. */
  raw: Duplex;
  /** Called once, when the other side does not take what it is sent. */
  onSlow: () => void;
}

// Those that were given something in this turn of the event loop.
let waiting: Outlet[] = [];

function flushAll(): void {
  const outlets = waiting;
  waiting = [];
  for (const outlet of outlets) outlet.flushInTurn();
}

const coalescing = new Coalescing<Outlet>((outlet) => outlet.flushCoalesced());

/** Lossy things kept for a socket that does not take what it is sent; the oldest give way. */
const lossyMax = 256;
const lossyRetryMs = 100;
// Those whose lossy things wait for their buffer to be empty.
let holding: Outlet[] = [];

function retryHolding(): void {
  const outlets = holding;
  holding = [];
  for (const outlet of outlets) outlet.retryLossy();
}

/**
 * Writes to one socket, in order: what comes within a turn of the event loop goes out in one write, together with what was
 * still waiting to be coalesced. A socket that holds nothing takes whatever one write brings; one that holds something may
 * not exceed the budget. Lossy things never count against it: they wait until the socket holds nothing.
 */
export class Outlet {
  private batch: Batch | undefined;
  private queued = false;
  private coalesced = false;
  private holding = false;
  private ended = false;
  /** What is worth nothing once the next one of its key is there. */
  private lossy: Map<string, Outgoing> | undefined;
  /** What was written and not taken when it was last looked at, oldest first. */
  private readonly writes: { messages: number; bytes: number }[] = [];
  private heldMessages = 0;
  private heldBytes = 0;

  constructor(private readonly line: Line) {}

  send(item: Outgoing): void {
    if (this.ended) return;
    this.append(item);
    this.enqueue();
  }

  /** For what goes to many sockets: it may wait for what else comes to them, see `Coalescing`. */
  sendCoalesced(item: Outgoing): void {
    if (this.ended) return;
    this.append(item);
    if (this.coalesced) return;
    this.coalesced = true;
    coalescing.add(this);
  }

  /** Replaces what was given under the same key and not written yet; written once the socket holds nothing else. */
  sendLossy(key: string, item: Outgoing): void {
    if (this.ended) return;
    this.lossy ??= new Map();
    this.lossy.delete(key);
    this.lossy.set(key, item);
    if (this.lossy.size > lossyMax) this.lossy.delete(this.lossy.keys().next().value ?? key);
    this.enqueue();
  }

  flushInTurn(): void {
    this.queued = false;
    this.flush();
  }

  flushCoalesced(): void {
    this.coalesced = false;
    this.flush();
  }

  retryLossy(): void {
    this.holding = false;
    if (this.lossy !== undefined && !this.ended) this.enqueue();
  }

  /** Writes what was given so far. */
  flush(): void {
    if (this.lossy !== undefined) this.takeLossy(this.lossy);
    const { batch, line } = this;
    if (batch === undefined) return;
    if (line.webSocket.readyState !== WebSocket.OPEN) return this.end();
    const bytes = batch.bytes(line.protocol);
    this.forgetTaken();
    if (this.heldMessages > 0 && this.exceeds(batch.count, bytes.length)) {
      this.end();
      line.onSlow();
      return;
    }
    this.batch = undefined;
    line.raw.write(bytes);
    // Most writes are taken by the kernel at once.
    if (line.raw.writableLength > 0) this.remember(batch.count, bytes.length);
  }

  /** What was not written is dropped, and so is what is still sent. */
  end(): void {
    this.ended = true;
    this.batch = undefined;
    this.lossy = undefined;
  }

  private append(item: Outgoing): void {
    this.batch = this.batch === undefined ? item.batch : this.batch.with(item);
  }

  private enqueue(): void {
    if (this.queued) return;
    this.queued = true;
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(this);
  }

  private takeLossy(lossy: Map<string, Outgoing>): void {
    if (this.line.raw.writableLength > 0) {
      if (this.holding) return;
      this.holding = true;
      if (holding.length === 0) setTimeout(retryHolding, lossyRetryMs).unref();
      holding.push(this);
      return;
    }
    this.lossy = undefined;
    for (const item of lossy.values()) this.append(item);
  }

  private remember(messages: number, bytes: number): void {
    this.writes.push({ messages, bytes });
    this.heldMessages += messages;
    this.heldBytes += bytes;
  }

  // Asked when it matters instead of being told of each write: a callback costs as much as a third of the write itself.
  private forgetTaken(): void {
    const waiting = this.line.raw.writableLength;
    for (let oldest = this.writes[0]; oldest !== undefined; oldest = this.writes[0]) {
      if (waiting > this.heldBytes - oldest.bytes) return;
      this.writes.shift();
      this.heldMessages -= oldest.messages;
      this.heldBytes -= oldest.bytes;
    }
  }

  private exceeds(messages: number, bytes: number): boolean {
    return (
      this.heldMessages + messages > sendBudget.messages ||
      this.line.raw.writableLength + bytes > sendBudget.bytes
    );
  }
}

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { framings } from './dialect';
import type { StallOrder, StallReport } from './generator.types';
import { inLanes } from './lanes';
import { clientFrame, upgradeRequest } from './wire-frame';

const readyTimeoutMs = 20_000;
const concurrency = 50;
const textOpcode = 1;
const mask = randomBytes(4);
const wholeBytes = 64 * 1024;

/** Connections over Socket.IO that get ready, and then read so many bytes a second and no more; without a bound all that comes. */
export class SlowReaders {
  private readonly sockets = new Set<Socket>();
  private closed = 0;
  private timer: NodeJS.Timeout | undefined;

  async begin(order: StallOrder): Promise<StallReport> {
    this.end();
    await inLanes(concurrency, order.clients.length, (place) => this.open(order, place));
    this.timer = setInterval(() => {
      for (const socket of this.sockets) socket.resume();
    }, 1_000);
    return this.report();
  }

  report(): StallReport {
    return { open: this.sockets.size, closed: this.closed };
  }

  end(): void {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    this.closed = 0;
  }

  private open(
    { target, clients, sourceAddresses, bytesPerSecond }: StallOrder,
    place: number,
  ): Promise<void> {
    const { host, port } = target;
    const auth = clients[place]?.auth ?? '{}';
    const readsAll = bytesPerSecond === undefined;
    const buffer = Buffer.alloc(bytesPerSecond ?? wholeBytes);
    return new Promise((resolve, reject) => {
      let seen = '';
      let isReady = false;
      const socket = connect({
        host,
        port,
        localAddress: `127.0.0.${2 + (place % sourceAddresses)}`,
        onread: {
          buffer,
          callback: (length) => {
            // After `ready` each wake reads one buffer.
            if (isReady) return readsAll;
            const before = seen;
            seen += buffer.toString('latin1', 0, length);
            if (passes(before, seen, '"upgrades"')) socket.write(clientFrame(textOpcode, `40${auth}`, mask));
            if (!seen.includes('["ready"')) return true;
            isReady = true;
            clearTimeout(timer);
            resolve();
            return readsAll;
          },
        },
      });
      const timer = setTimeout(() => reject(new Error('a slow reader did not get ready')), readyTimeoutMs);
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.sockets.delete(socket)) this.closed += 1;
      });
      socket.on('connect', () => socket.write(upgradeRequest(host, port, framings['socket.io'].path)));
    });
  }
}

function passes(before: string, after: string, text: string): boolean {
  return !before.includes(text) && after.includes(text);
}

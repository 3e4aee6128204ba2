import type { IncomingMessage } from 'node:http';
import type { Clock } from '@parley/platform/clock';
import { LocalBuckets, type Overload } from '@parley/platform/ratelimit';
import type { Metrics } from '@parley/platform/telemetry';
import type { Refusal } from '../sockets/handshake';
import { clientAddress } from './client-address';

export interface AdmissionBounds {
  trustedProxies: number;
  /** Connections of one address at once. */
  socketsPerAddress: number;
  /** New connections of one address, a second. A full load of connections may come at once. */
  handshakesPerAddress: number;
}

const secondsPerMinute = 60;
const addressFullRetryMs = 30_000;
const alone = { nodes: 1, closedBy: 1 } as const;

/** Which connections get in before anybody knows whose they are: judged by this process alone, in microseconds (F26, F36). */
export class Admission {
  private readonly open = new Map<string, number>();
  private readonly rates = new LocalBuckets();
  private readonly refused;

  constructor(
    private readonly bounds: AdmissionBounds,
    private readonly overload: Overload,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.refused = metrics.counter({
      name: 'connections_refused_total',
      help: 'Connections that were refused before they were authenticated.',
      labelNames: ['reason'],
    });
  }

  /** Counts the connection until it ends, or says why it may not come in. */
  refuse(request: IncomingMessage): Refusal | undefined {
    if (this.overload.isOverloaded) {
      return this.refusal('overload', 503, 'This gateway is overloaded.', this.overload.retryAfterMs());
    }
    const address = clientAddress(request, this.bounds.trustedProxies);
    const count = this.open.get(address) ?? 0;
    if (count >= this.bounds.socketsPerAddress) {
      return this.refusal('sockets', 429, 'Too many connections from this address.', addressFullRetryMs);
    }
    const retryAfterMs = this.handshake(address);
    if (retryAfterMs > 0) {
      return this.refusal('rate', 429, 'Too many new connections from this address.', retryAfterMs);
    }
    this.open.set(address, count + 1);
    // `on`, for it comes once anyway: what `once` wraps around a listener is held as long as the connection.
    request.socket.on('close', () => this.closed(address));
    return undefined;
  }

  private handshake(address: string): number {
    const row = {
      bucket: 'handshakes',
      subject: address,
      perMinute: this.bounds.handshakesPerAddress * secondsPerMinute,
      burst: this.bounds.socketsPerAddress,
      whenAway: 'open',
    } as const;
    return this.rates.take(this.clock.monotonicMs(), '', [row], 1, alone).retryAfterMs;
  }

  private closed(address: string): void {
    const count = this.open.get(address) ?? 0;
    if (count > 1) this.open.set(address, count - 1);
    else this.open.delete(address);
  }

  private refusal(reason: string, status: 429 | 503, text: string, retryAfterMs: number): Refusal {
    this.refused.inc({ reason });
    return { status, text, retryAfterMs };
  }
}

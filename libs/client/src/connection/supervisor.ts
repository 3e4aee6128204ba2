import { closeCodes, type ReadyData } from '@parley/contracts/wire';
import { ParleyError, connectionLost, connectionTimeout, toParleyError } from '../parley-error';
import { backoffMs, jitterMs, type Random } from './backoff';
import type { Network } from './network';
import type { TokenSource } from './token-source';
import type { Closing, Connection, Transport } from './transport';

/** Where the client stands; `live` alone means that everything missed has been applied. */
export type ConnectionState =
  'idle' | 'connecting' | 'authenticating' | 'catchingUp' | 'live' | 'reconnecting' | 'offline' | 'failed';

export interface SupervisorHooks {
  state(state: ConnectionState, error?: ParleyError): void;
  /** The server knows us, and sends from now on. */
  ready(connection: Connection, ready: ReadyData): void;
  event(name: string, payload: unknown): void;
  lost(): void;
}

const handshakeTimeoutMs = 15_000;
const stableAfterMs = 10_000;

/** Keeps one connection up: opens it, gets tokens, waits with jitter, and stops where the server says stop. */
export class Supervisor {
  private current: ConnectionState = 'idle';
  private connection: Connection | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopListening: (() => void) | undefined;
  /** The token of an attempt that was given up meanwhile is told by its number. */
  private attemptNumber = 0;
  private failures = 0;
  private liveSince: number | undefined;
  private triedNewToken = false;

  constructor(
    private readonly transport: Transport,
    private readonly tokens: TokenSource,
    private readonly network: Network,
    private readonly random: Random,
    private readonly hooks: SupervisorHooks,
  ) {}

  get state(): ConnectionState {
    return this.current;
  }

  /** Starts, also after `failed`; does nothing while it runs. */
  start(): void {
    if (this.current !== 'idle' && this.current !== 'failed') return;
    this.failures = 0;
    this.triedNewToken = false;
    this.stopListening = this.network.onOnline(() => {
      if (this.current === 'offline' || (this.current === 'reconnecting' && !this.connection))
        this.retryIn(0, 1_000);
    });
    this.enter('connecting');
    this.attemptOrWait();
  }

  stop(): void {
    this.release();
    this.stopListening?.();
    this.enter('idle');
  }

  /** Tells that everything missed has been applied. */
  caughtUp(): void {
    if (this.current !== 'catchingUp') return;
    this.liveSince = Date.now();
    this.enter('live');
  }

  /** Gives the connection up and makes another one. */
  reconnect(error: ParleyError): void {
    if (this.connection) this.lose(error);
  }

  /** The server is about to go: change over at the time that it gave to this client. */
  reconnectAfter(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reconnect(connectionLost('The server is restarting.')), ms);
  }

  private attemptOrWait(): void {
    if (this.network.online()) void this.attempt();
    else this.enter('offline');
  }

  private async attempt(): Promise<void> {
    this.release();
    const number = this.attemptNumber;
    this.timer = setTimeout(() => this.lose(connectionTimeout()), handshakeTimeoutMs);
    try {
      const token = await this.tokens.fresh();
      if (number !== this.attemptNumber) return;
      this.connection = this.open(token);
    } catch (error) {
      // The app could not get a token: it may be as cut off as we are.
      if (number === this.attemptNumber) this.lose(toParleyError(error));
    }
  }

  private open(token: string): Connection {
    return this.transport.connect(token, {
      opened: () => this.enter('authenticating'),
      event: (name, payload) =>
        name === 'ready' ? this.greet(payload as ReadyData) : this.hooks.event(name, payload),
      closed: (closing) => this.closed(closing),
    });
  }

  private greet(ready: ReadyData): void {
    if (!this.connection) return;
    clearTimeout(this.timer);
    this.triedNewToken = false;
    this.enter('catchingUp');
    this.hooks.ready(this.connection, ready);
  }

  private closed(closing: Closing): void {
    const error = errorOf(closing);
    if (error.retryable) return this.lose(error);
    if (error.aboutToken && this.tokens.renewable && !this.triedNewToken) {
      this.triedNewToken = true;
      return this.lose(error);
    }
    this.leave();
    this.stopListening?.();
    this.enter('failed', error);
  }

  private lose(error: ParleyError): void {
    this.leave();
    this.enter('reconnecting', error);
    const wait = backoffMs(this.failures, this.random);
    this.failures += 1;
    this.retryIn(wait + (error.retryAfterMs ?? 0), wait + (error.retryAfterMs ?? 0));
  }

  private leave(): void {
    // A connection that breaks right after it came must not be retried as fast as one that lasted.
    if (this.liveSince !== undefined && Date.now() - this.liveSince >= stableAfterMs) this.failures = 0;
    this.release();
    this.hooks.lost();
  }

  private retryIn(fromMs: number, toMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.attemptOrWait(), jitterMs(fromMs, toMs, this.random));
    if (this.current === 'offline') this.enter('reconnecting');
  }

  private release(): void {
    this.attemptNumber += 1;
    clearTimeout(this.timer);
    this.liveSince = undefined;
    this.connection?.close();
    this.connection = undefined;
  }

  private enter(state: ConnectionState, error?: ParleyError): void {
    if (state === this.current && !error) return;
    this.current = state;
    this.hooks.state(state, error);
  }
}

function errorOf(closing: Closing): ParleyError {
  if (closing.kind === 'refused') return new ParleyError(closing.error);
  const { code, message } = closing;
  if (code === undefined || code < 4500) return connectionLost(message);
  const known = Object.entries(closeCodes).find(([number]) => Number(number) === code)?.[1];
  const reason = known?.reason ?? 'connection.refused';
  return new ParleyError({
    code: reason,
    message: `The server ended the connection: ${reason}.`,
    retryable: known?.retry ?? false,
  });
}

import type { Duplex } from 'node:stream';
import type { RawData } from 'ws';
import { AppError, limits, toAppError, type Ack, type CloseCode } from '@parley/contracts/wire';
import type { Log } from '@parley/platform/telemetry';
import type { HandshakeVerifier } from '../admission/handshake-verifier';
import { closeWebSocket, endSoon } from '../connections/close-web-socket';
import type { RequestId } from '../connections/connection';
import { WebSocketConnection } from '../connections/web-socket.connection';
import type { Dispatcher } from '../requests/dispatcher';
import type { Session } from '../sessions/session';
import type { Sessions } from '../sessions/sessions';
import type { Beating, Heartbeats } from './heartbeats';
import type { OwnedSocket, SocketOwner } from './owned-socket';
import { readFrame, type RequestFrame } from './request-frame';

export interface WebSocketServices {
  handshakes: HandshakeVerifier;
  sessions: Sessions;
  dispatcher: Dispatcher;
  heartbeats: Heartbeats;
  log: Log;
}

const unauthenticated: Partial<Record<string, CloseCode>> = {
  'token.expired': 4501,
  'token.revoked': 4502,
  'tenant.suspended': 4504,
};

/** One client of `/ws`: its first frame authenticates, the others are requests. */
export class WebSocketSession implements SocketOwner, Beating {
  isAlive = true;
  private session: Session | undefined;
  private leave: (() => void) | undefined;
  private authenticating = false;
  private authTimer: NodeJS.Timeout | undefined;
  private readonly place: number;

  constructor(
    private readonly socket: OwnedSocket,
    private readonly raw: Duplex,
    private readonly services: WebSocketServices,
    private readonly origin: string | undefined,
  ) {
    this.authTimer = setTimeout(() => closeWebSocket(socket, 4503), limits.handshakeTimeoutMs);
    socket.ownedBy(this);
    this.place = services.heartbeats.add(this);
  }

  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  pong(): void {
    this.isAlive = true;
  }

  terminate(): void {
    this.socket.terminate();
  }

  receive(data: RawData, isBinary: boolean): void {
    this.isAlive = true;
    if (isBinary) {
      this.socket.close(1003);
      return endSoon(this.socket);
    }
    const frame = readFrame((data as Buffer).toString());
    if (frame === undefined)
      return this.answer(null, { ok: false, error: new AppError('request.malformed').toBody() });
    if (this.session === undefined) return void this.authenticate(frame);
    const { id, type, data: input } = frame;
    const parameters = input === undefined ? [] : [input];
    void this.services.dispatcher.dispatch(this.session, type, parameters, (ack) => this.answer(id, ack));
  }

  private async authenticate({ id, type, data }: RequestFrame): Promise<void> {
    if (type !== 'auth' || this.authenticating) return this.refuse(id, new AppError('token.missing'));
    this.authenticating = true;
    try {
      const token = (data as { token?: unknown } | null | undefined)?.token;
      const actor = await this.services.handshakes.verify(token, {
        origin: this.origin,
        isOpen: () => this.socket.readyState === this.socket.OPEN,
        onClose: (leave) => {
          this.leave = leave;
        },
      });
      this.stopAuthTimer();
      if (this.socket.readyState !== this.socket.OPEN) return;
      this.answer(id, { ok: true, data: { userId: actor.userId } });
      this.session = this.services.sessions.open(new WebSocketConnection(this.socket, this.raw, actor));
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.kind === 'internal')
        this.services.log.error('socket.authentication_failed', { error: error.cause });
      this.refuse(id, error);
    }
  }

  private refuse(id: RequestId, error: AppError): void {
    this.answer(id, { ok: false, error: error.toBody() });
    // What may go well the next time must not be told "stop".
    closeWebSocket(this.socket, error.retryable ? 4000 : (unauthenticated[error.code] ?? 4500));
  }

  private answer(id: RequestId, ack: Ack<unknown>): void {
    if (this.session !== undefined) this.session.connection.answer(id, ack);
    else if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify({ id, ...ack }));
  }

  private stopAuthTimer(): void {
    clearTimeout(this.authTimer);
    this.authTimer = undefined;
  }

  ended(code: number): void {
    this.stopAuthTimer();
    this.services.heartbeats.remove(this, this.place);
    this.leave?.();
    if (this.session !== undefined) this.services.sessions.close(this.session, `closed with ${code}`);
  }
}

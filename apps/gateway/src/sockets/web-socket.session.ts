import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { AppError, limits, toAppError, type Ack, type CloseCode } from '@parley/contracts/wire';
import type { Log } from '@parley/platform/telemetry';
import type { HandshakeVerifier } from '../admission/handshake-verifier';
import { closeWebSocket, endSoon } from '../connections/close-web-socket';
import type { RequestId } from '../connections/connection';
import { WebSocketConnection } from '../connections/web-socket.connection';
import type { Dispatcher } from '../requests/dispatcher';
import type { Session } from '../sessions/session';
import type { Sessions } from '../sessions/sessions';
import { readFrame, type RequestFrame } from './request-frame';

export interface WebSocketServices {
  handshakes: HandshakeVerifier;
  sessions: Sessions;
  dispatcher: Dispatcher;
  log: Log;
}

const unauthenticated: Partial<Record<string, CloseCode>> = {
  'token.expired': 4501,
  'token.revoked': 4502,
  'tenant.suspended': 4504,
};

/** One client of `/ws`: its first frame authenticates, the others are requests. */
export class WebSocketSession {
  /** Answered the last ping. */
  isAlive = true;
  private session: Session | undefined;
  private authenticating = false;
  private readonly authTimer: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly raw: Duplex,
    private readonly services: WebSocketServices,
  ) {
    this.authTimer = setTimeout(() => closeWebSocket(socket, 4503), limits.handshakeTimeoutMs);
    socket.on('pong', () => {
      this.isAlive = true;
    });
    // A broken frame or line: 'close' follows.
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => void this.receive(data, isBinary));
    socket.on('close', (code) => this.closed(code));
  }

  ping(): void {
    this.isAlive = false;
    this.socket.ping();
  }

  terminate(): void {
    this.socket.terminate();
  }

  private async receive(data: RawData, isBinary: boolean): Promise<void> {
    if (isBinary) {
      this.socket.close(1003);
      return endSoon(this.socket);
    }
    const frame = readFrame((data as Buffer).toString());
    if (frame === undefined)
      return this.answer(null, { ok: false, error: new AppError('request.malformed').toBody() });
    if (this.session === undefined) return this.authenticate(frame);
    const { id, type, data: input } = frame;
    const parameters = input === undefined ? [] : [input];
    await this.services.dispatcher.dispatch(this.session, type, parameters, (ack) => this.answer(id, ack));
  }

  private async authenticate({ id, type, data }: RequestFrame): Promise<void> {
    if (type !== 'auth' || this.authenticating) return this.refuse(id, new AppError('token.missing'));
    this.authenticating = true;
    try {
      const token = (data as { token?: unknown } | null | undefined)?.token;
      const actor = await this.services.handshakes.verify(token, {
        isOpen: () => this.socket.readyState === this.socket.OPEN,
        onClose: (closed) => void this.socket.once('close', closed),
      });
      clearTimeout(this.authTimer);
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

  private closed(code: number): void {
    clearTimeout(this.authTimer);
    if (this.session !== undefined) this.services.sessions.close(this.session, `closed with ${code}`);
  }
}

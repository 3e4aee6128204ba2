import { io, type Socket } from 'socket.io-client';
import { Refused, type Answer, type ClientKind, type Connection, type Received } from '../client.types';

const answerWithinMs = 10_000;

/** The official JavaScript client. */
export const javascript: ClientKind = {
  name: 'JavaScript',
  connect: (url, token) =>
    new Promise((resolve, reject) => {
      const socket = io(url, {
        transports: ['websocket'],
        auth: { token },
        reconnection: false,
        forceNew: true,
      });
      const connection = new LibraryConnection(socket);
      socket.once('ready', () => resolve(connection));
      socket.once('connect_error', (error: Error & { data?: { code?: string } }) => {
        reject(error.data?.code === undefined ? error : new Refused(error.data.code));
      });
    }),
  stop: () => Promise.resolve(),
};

class LibraryConnection implements Connection {
  readonly received: Received[] = [];

  constructor(private readonly socket: Socket) {
    socket.onAny((name: string, payload: unknown) => this.received.push({ name, payload }));
  }

  get ended(): boolean {
    return this.socket.disconnected;
  }

  request(name: string, data: unknown): Promise<Answer> {
    return this.socket.timeout(answerWithinMs).emitWithAck(name, data) as Promise<Answer>;
  }

  close(): Promise<void> {
    this.socket.disconnect();
    return Promise.resolve();
  }
}

import { framings, type Dialect, type Framing, type Listener } from './dialect';
import { RawWebSocket } from './raw-web-socket';

export interface Target {
  host: string;
  port: number;
  dialect: Dialect;
}

export interface SocketListener extends Omit<Listener, 'reply' | 'refused'> {
  /** Refused, or ended by the other side; once. */
  closed(reason: string): void;
}

/** A connection that authenticates and answers heartbeats by itself, in either dialect. */
export class FramedSocket {
  private readonly framing: Framing;
  private readonly socket: RawWebSocket;

  /** `auth`: JSON, as it goes over the wire. */
  constructor(
    { host, port, dialect }: Target,
    auth: string,
    listener: SocketListener,
    localAddress?: string,
  ) {
    this.framing = framings[dialect];
    const reader: Listener = {
      reply: (frame) => this.socket.send(frame),
      ready: () => listener.ready(),
      ack: (id, ok, frame) => listener.ack(id, ok, frame),
      event: (frame) => listener.event(frame),
      refused: (reason) => this.socket.destroy(reason),
    };
    const { path } = this.framing;
    this.socket = new RawWebSocket(
      localAddress === undefined ? { host, port, path } : { host, port, path, localAddress },
      {
        opened: () => {
          const greeting = this.framing.greet(auth);
          if (greeting !== undefined) this.socket.send(greeting);
        },
        text: (frame) => this.framing.read(frame, auth, reader),
        closed: (reason) => listener.closed(reason),
      },
    );
  }

  request(id: number, name: string, input: string): void {
    this.socket.send(this.framing.request(id, name, input));
  }

  /** Ends it at once; the listener is told with this reason. */
  destroy(reason: string): void {
    this.socket.destroy(reason);
  }
}

import type { Ack } from '@parley/contracts/wire';
import type { Transport } from './world.ts';

/** What a frame of the server says. */
export type Incoming =
  | { type: 'event'; name: string; payload: unknown }
  | { type: 'ack'; id: number; ack: Ack<unknown> }
  | { type: 'reply'; frame: string }
  | { type: 'refused'; why: string }
  | { type: 'nothing' };

/** How requests and events are written on one of the two endpoints. */
export interface Framing {
  path: string;
  /** The first frame of the client, where it speaks first. */
  hello(token: string): string | undefined;
  request(id: number, name: string, data: unknown): string;
  read(frame: string, token: string): Incoming;
}

const nothing: Incoming = { type: 'nothing' };

/** Socket.IO by hand: Engine.IO `0` open, `2` ping, `3` pong, `4` message; in it `0` connect, `1` disconnect, `2` event, `3` ack, `4` refusal. */
const socketIo: Framing = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: () => undefined,
  request: (id, name, data) => `42${id}${JSON.stringify([name, data])}`,
  read(frame, token) {
    if (frame === '2') return { type: 'reply', frame: '3' };
    if (frame.startsWith('0')) return { type: 'reply', frame: `40${JSON.stringify({ token })}` };
    const body = frame.slice(2);
    switch (frame.slice(0, 2)) {
      case '42': {
        const [name, payload] = JSON.parse(body) as [string, unknown];
        return { type: 'event', name, payload };
      }
      case '43': {
        const bracket = body.indexOf('[');
        const [ack] = JSON.parse(body.slice(bracket)) as [Ack<unknown>];
        return { type: 'ack', id: Number(body.slice(0, bracket)), ack };
      }
      case '41':
      case '44':
        return { type: 'refused', why: body || 'disconnected by the server' };
      default:
        return nothing;
    }
  },
};

const helloId = 0;

/** `/ws`: bare JSON frames; the first one authenticates. */
const webSocket: Framing = {
  path: '/ws',
  hello: (token) => JSON.stringify({ id: helloId, type: 'auth', data: { token } }),
  request: (id, name, data) => JSON.stringify({ id, type: name, data }),
  read(frame) {
    const said = JSON.parse(frame) as { id?: number; type?: string; data?: unknown } & Partial<Ack<unknown>>;
    if (said.type !== undefined) return { type: 'event', name: said.type, payload: said.data };
    if (said.id !== helloId) return { type: 'ack', id: said.id ?? -1, ack: said as Ack<unknown> };
    return said.ok === false ? { type: 'refused', why: frame } : nothing;
  },
};

export const framings: Record<Transport, Framing> = { 'socket.io': socketIo, ws: webSocket };

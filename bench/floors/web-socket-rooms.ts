import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { ackOf, eventOf, type FloorAuth, type FloorMessage, type Store } from './room-server';

interface FrameOptions {
  fin: boolean;
  rsv1: boolean;
  opcode: number;
  mask: boolean;
  readOnly: boolean;
}

// The types of ws leave out what frames a message once for all members.
const { Sender } = WebSocket as unknown as {
  Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] };
};
const textFrame: FrameOptions = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

interface Request {
  id: number;
  type: 'auth' | 'message.send';
  data: unknown;
}

/** Rooms on bare `ws`: each event is encoded and framed once, and written to the sockets of its members. */
export function listenOnWebSockets(store: Store): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  const rooms = new Map<string, Set<WebSocket>>();
  server.on('connection', (socket) => {
    let auth: FloorAuth = { user: '', rooms: [] };
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const room of auth.rooms) rooms.get(room)?.delete(socket);
    });
    socket.on('message', (raw: RawData) => {
      const { id, type, data } = JSON.parse((raw as Buffer).toString()) as Request;
      if (type === 'auth') {
        auth = data as FloorAuth;
        for (const room of auth.rooms) join(rooms, room, socket);
        socket.send(`{"id":${id},"ok":true}`);
        socket.send('{"type":"ready"}');
      } else {
        const message = { ...(data as Omit<FloorMessage, 'sender'>), sender: auth.user };
        void answer(rooms, socket, id, store, message);
      }
    });
  });
  return new Promise((resolve) => {
    server.on('listening', () => resolve((server.address() as { port: number }).port));
  });
}

function join(rooms: Map<string, Set<WebSocket>>, room: string, socket: WebSocket): void {
  const members = rooms.get(room) ?? new Set<WebSocket>();
  rooms.set(room, members.add(socket));
}

async function answer(
  rooms: ReadonlyMap<string, ReadonlySet<WebSocket>>,
  socket: WebSocket,
  id: number,
  store: Store,
  message: FloorMessage,
): Promise<void> {
  const result = store(message);
  const stored = result instanceof Promise ? await result : result;
  socket.send(`{"id":${id},${JSON.stringify(ackOf(stored)).slice(1)}`);
  const text = Buffer.from(`{"type":"message.created","data":${JSON.stringify(eventOf(stored))}}`);
  const frame = Buffer.concat(Sender.frame(text, textFrame));
  for (const member of rooms.get(message.conversationId) ?? []) {
    (member as unknown as { _socket: { write(data: Buffer): void } })._socket.write(frame);
  }
}

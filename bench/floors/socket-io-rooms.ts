import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { ackOf, eventOf, type FloorAuth, type FloorMessage, type Store } from './room-server';

/** Rooms on Socket.IO with its defaults; with a Redis, through its adapter. */
export async function listenOnSocketIo(store: Store, redisUrl: string | undefined): Promise<number> {
  const http = createServer();
  const io = new Server(http);
  if (redisUrl !== undefined) io.adapter(createAdapter(new Redis(redisUrl), new Redis(redisUrl)));
  io.on('connection', async (socket) => {
    const { user, rooms } = socket.handshake.auth as FloorAuth;
    socket.on('message.send', async (input: Omit<FloorMessage, 'sender'>, ack: (answer: object) => void) => {
      const stored = await store({ ...input, sender: user });
      ack(ackOf(stored));
      io.to(stored.conversationId).emit('message.created', eventOf(stored));
    });
    await socket.join(rooms);
    socket.emit('ready', {});
  });
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => resolve((http.address() as { port: number }).port));
  });
}

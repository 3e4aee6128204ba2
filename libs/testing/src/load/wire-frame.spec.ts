import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { RawWebSocket } from './raw-web-socket';

describe('a WebSocket by hand', () => {
  it.each([0, 1, 125, 126, 5_000, 65_000])(
    'sends and reads a frame of %i bytes as a server of ws does',
    async (bytes) => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      server.on('connection', (socket) =>
        socket.on('message', (data: Buffer) => socket.send(data.toString())),
      );
      const text = 'ä'.repeat(bytes / 2) + 'x'.repeat(bytes % 2);
      const answer = await new Promise<string>((resolve, reject) => {
        const { port } = server.address() as AddressInfo;
        const socket = new RawWebSocket(
          { host: '127.0.0.1', port, path: '/' },
          {
            opened: () => socket.send(text),
            text: (frame) => {
              resolve(frame);
              socket.destroy('done');
            },
            closed: (reason) => reject(new Error(reason)),
          },
        );
      });
      server.close();
      expect(answer).toBe(text);
    },
  );
});

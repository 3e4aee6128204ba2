import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

export interface BentEntranceOptions {
  /** The entrance behind this one. */
  url: string;
  /** What a receiver gets instead of this frame of the server. */
  bend: (frame: string) => string[];
}

/** An entrance before the entrance that does to the frames of the server what a broken delivery would. */
export class BentEntrance {
  private readonly server: Server;
  private readonly acceptor = new WebSocketServer({ noServer: true });

  private constructor(private readonly options: BentEntranceOptions) {
    this.server = createServer((incoming, response) => this.forward(incoming, response));
    this.server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(incoming, socket, head),
    );
  }

  static async listen(options: BentEntranceOptions): Promise<BentEntrance> {
    const entrance = new BentEntrance(options);
    await once(entrance.server.listen(0, '127.0.0.1'), 'listening');
    return entrance;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server.close(), 'close');
    for (const client of this.acceptor.clients) client.terminate();
    this.server.closeAllConnections();
    await closed;
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, headers } = incoming;
    const onward = request(`${this.options.url}${incoming.url ?? ''}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }

  private upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url, bend } = this.options;
    const upstream = new WebSocket(`${url.replace(/^http/, 'ws')}${incoming.url ?? ''}`);
    upstream.on('error', () => socket.destroy());
    upstream.once('open', () => {
      this.acceptor.handleUpgrade(incoming, socket, head, (client) => {
        client.on('message', (data: RawData) => upstream.send((data as Buffer).toString()));
        upstream.on('message', (data: RawData) => {
          for (const frame of bend((data as Buffer).toString())) client.send(frame);
        });
        client.on('close', () => upstream.terminate());
        upstream.on('close', () => client.terminate());
      });
    });
  }
}

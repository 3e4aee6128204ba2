import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { SocketIoTransport, type Closing, type Connection } from '../index';

type Request = (input: unknown, ack: (answer: unknown) => void) => void;

interface Opened {
  connection: Connection;
  events: [string, unknown][];
  opened: Promise<void>;
  closed: Promise<Closing>;
  received: (name: string) => Promise<unknown>;
}

describe('SocketIoTransport', () => {
  const http = createServer();
  const server = new Server(http, { path: '/base/socket.io', transports: ['websocket'] });
  let url: string;
  let connections: Connection[] = [];

  beforeAll(async () => {
    server.use((socket, next) => {
      if (socket.handshake.auth.token === 'good') return next();
      next(
        Object.assign(new Error('refused'), {
          data: { code: 'token.invalid', message: 'no', retryable: false },
        }),
      );
    });
    server.on('connection', (socket) => {
      const answer: Record<string, Request> = {
        ping: (_, ack) => ack({ ok: true, data: { serverTime: 'now' } }),
        heads: (_, ack) =>
          ack({ ok: false, error: { code: 'cursor.invalid', message: 'no', retryable: false } }),
        sync: (_, ack) => ack('garbage'),
        'message.send': () => undefined,
        // The names of two requests stand for two ways to end a connection.
        'participant.add': () =>
          (socket.conn.transport as unknown as { socket: { close(code: number): void } }).socket.close(4501),
        'participant.remove': () => void socket.disconnect(true),
      };
      for (const [name, handle] of Object.entries(answer)) socket.on(name, handle);
      socket.emit('ready', { userId: 'ada' });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/base/`;
  });
  afterEach(() => {
    for (const connection of connections) connection.close();
    connections = [];
  });
  afterAll(() => server.close());

  function open(token = 'good'): Opened {
    const events: [string, unknown][] = [];
    const waiting = new Map<string, (payload: unknown) => void>();
    let opened = () => undefined as void;
    let closed = (_: Closing) => undefined as void;
    const result = {
      events,
      opened: new Promise<void>((resolve) => (opened = resolve)),
      closed: new Promise<Closing>((resolve) => (closed = resolve)),
      received: (name: string) => new Promise((resolve) => waiting.set(name, resolve)),
    };
    const connection = new SocketIoTransport(url).connect(token, {
      opened,
      closed,
      event: (name, payload) => {
        events.push([name, payload]);
        waiting.get(name)?.(payload);
      },
    });
    connections.push(connection);
    return { connection, ...result };
  }

  const send = { conversationId: 'c', clientMessageId: 'k', text: 't' };

  it('opens, receives and asks', async () => {
    const line = open();
    await line.opened;
    await expect(line.received('ready')).resolves.toEqual({ userId: 'ada' });
    await expect(line.connection.request('ping', {}, 1_000)).resolves.toEqual({ serverTime: 'now' });
  });

  it('rejects with the error of the ack, and with a code for an answer that is none', async () => {
    const line = open();
    await line.received('ready');
    await expect(line.connection.request('heads', {}, 1_000)).rejects.toMatchObject({
      code: 'cursor.invalid',
    });
    const sync = line.connection.request('sync', { epoch: 'e', cursors: [] }, 1_000);
    await expect(sync).rejects.toMatchObject({ code: 'response.malformed', retryable: true });
  });

  it('tells no answer in time from a lost connection', async () => {
    const line = open();
    await line.received('ready');
    await expect(line.connection.request('message.send', send, 30)).rejects.toMatchObject({
      code: 'connection.timeout',
    });
    const cut = line.connection.request('message.send', send, 5_000);
    line.connection.close();
    await expect(cut).rejects.toMatchObject({ code: 'connection.lost', retryable: true });
    await expect(line.connection.request('ping', {}, 1_000)).rejects.toMatchObject({
      code: 'connection.lost',
    });
  });

  it('hands on why the server refused the handshake', async () => {
    const error = { code: 'token.invalid', message: 'no', retryable: false };
    await expect(open('bad').closed).resolves.toEqual({ kind: 'refused', error });
  });

  it('hands on the close code of the server', async () => {
    const line = open();
    await line.received('ready');
    line.connection
      .request('participant.add', { conversationId: 'c', participants: [] }, 1_000)
      .catch(() => undefined);
    await expect(line.closed).resolves.toMatchObject({ kind: 'lost', code: 4501 });
  });

  it('is lost without a code when the server disconnects, and when there is none', async () => {
    const line = open();
    await line.received('ready');
    line.connection
      .request('participant.remove', { conversationId: 'c', userId: 'u' }, 1_000)
      .catch(() => undefined);
    await expect(line.closed).resolves.toEqual({ kind: 'lost', message: 'io server disconnect' });
    url = 'http://127.0.0.1:9/';
    await expect(open().closed).resolves.toMatchObject({ kind: 'lost' });
  });
});

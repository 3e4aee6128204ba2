import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy';

describe('the fault proxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    // Nobody listens on the first port.
    proxy = await TcpProxy.listen([1, (echo.address() as AddressInfo).port]);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.close();
    echo.close();
  });

  async function open(): Promise<Socket> {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  async function said(socket: Socket, text: string): Promise<string> {
    const answer = once(socket, 'data') as Promise<[Buffer]>;
    socket.write(text);
    return (await answer)[0].toString();
  }

  function closing(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  it('goes to the server that takes the connection', async () => {
    expect(await said(await open(), 'hello')).toBe('hello');
    expect(await said(await open(), 'again')).toBe('again');
  });

  it('cuts, and lets new connections through', async () => {
    const socket = await open();
    await said(socket, 'x');
    const closed = closing(socket);
    proxy.cut();
    await closed;
    expect(await said(await open(), 'new')).toBe('new');
  });

  it('holds everything back while it is paused, and loses nothing', async () => {
    const socket = await open();
    await said(socket, 'x');
    proxy.pause();
    const answer = said(socket, 'held');
    const early = await Promise.race([
      answer,
      new Promise((resolve) => setTimeout(() => resolve('nothing'), 100)),
    ]);
    expect(early).toBe('nothing');
    proxy.resume();
    expect(await answer).toBe('held');
  });

  it('delays without changing the order', async () => {
    const socket = await open();
    await said(socket, 'x');
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    proxy.delay(50);
    socket.write('1');
    await new Promise((resolve) => setTimeout(resolve, 10));
    proxy.delay(0);
    socket.write('2');
    while (got.length < 2) await once(socket, 'data');
    expect(got).toBe('12');
  });

  it('leaves clients half open until it cuts', async () => {
    const socket = await open();
    await said(socket, 'x');
    proxy.halfOpen();
    socket.write('into the void');
    const closed = closing(socket);
    const early = await Promise.race([
      closed,
      new Promise((resolve) => setTimeout(() => resolve('open'), 100)),
    ]);
    expect(early).toBe('open');
    proxy.cut();
    await closed;
  });
});

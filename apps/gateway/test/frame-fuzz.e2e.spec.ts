import { limits } from '@parley/contracts/wire';
import { waitFor } from '@parley/testing';
import { authenticatedLine, fuzz, transports, type Transport } from './frame-fuzz';
import { fragments } from './frame-grammar';
import { clientFrame, RawLine } from './raw-line';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

describe.each(Object.keys(transports) as Transport[])('bad frames over %s (F35, F36, F39)', (transport) => {
  let gateways: RunningGateways;
  let honest: TestSocket;
  let conversationId: string;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
    conversationId = await gateways.conversation('honest');
    honest = await gateways.connect('honest');
  });
  afterAll(() => gateways.stop());

  afterEach(async () => {
    const before = honest.seqs(conversationId).length;
    expect(await honest.send(conversationId, 'still here')).toMatchObject({ ok: true });
    await waitFor(() => honest.seqs(conversationId).length === before + 1);
    expect(gateways.lines.join('')).not.toMatch(/uncaught|unhandled|request_failed/i);
  });

  const closing: [string, Buffer][] = [
    ['a hundred thousand fragments', fragments(100_000)],
    ['a frame that is too large', clientFrame('x'.repeat(limits.frameMaxBytes + 1))],
    ['invalid UTF-8', clientFrame(Buffer.from([0x34, 0xff, 0xfe]))],
    ['an unknown opcode', clientFrame('x', { opcode: 11 })],
    ['a continuation of nothing', clientFrame('x', { opcode: 0 })],
    ['binary data', clientFrame('x', { opcode: 2 })],
  ];
  it.each(closing)('closes on %s', async (_, bytes) => {
    const line = await authenticatedLine(gateways, transport);
    line.write(bytes);
    await waitFor(() => line.closed, { timeoutMs: 10_000 });
  });

  it('takes a message that is never finished up to its limit, and goes on', async () => {
    const line = await authenticatedLine(gateways, transport);
    line.write(clientFrame('4', { final: false }));
    for (let sent = 0; sent < 70; sent += 1)
      line.write(clientFrame('x'.repeat(1_000), { opcode: 0, final: false }));
    await waitFor(() => line.closed);
  });

  it('bears a flood of pings', async () => {
    const line = await authenticatedLine(gateways, transport);
    line.write(...Array.from({ length: 10_000 }, () => clientFrame('ping', { opcode: 9 })));
    await waitFor(() => line.closed || line.received.split('\x8a\x04ping').length > 10_000, {
      timeoutMs: 10_000,
    });
  });

  it('closes a connection that says nothing', async () => {
    const line = RawLine.open(gateways.url(), transports[transport].path);
    await waitFor(() => line.closed, { timeoutMs: limits.handshakeTimeoutMs + 3_000 });
  });

  it('answers or closes on a second greeting, and on what is too deep', async () => {
    for (const content of [
      transports[transport].hello('again'),
      transport === 'socketIo' ? '40/admin,{}' : '{"type":"auth"}',
      `42["ping",${'['.repeat(10_000)}${']'.repeat(10_000)}]`,
      `{"id":1,"type":"ping","data":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
    ]) {
      const line = await authenticatedLine(gateways, transport);
      const before = line.received.length;
      line.write(clientFrame(content));
      await waitFor(() => line.closed || line.received.length > before);
      line.end();
    }
  });
});

describe('frames by chance (F39)', () => {
  it('end nothing but their own connections', async () => {
    const gateways = await RunningGateways.start(1);
    const honest = await gateways.connect('honest');
    await fuzz(gateways, 20_261_121, 2_000);
    expect(await honest.ask('ping', {})).toMatchObject({ ok: true });
    expect(gateways.lines.join('')).not.toMatch(/uncaught|unhandled|request_failed/i);
    await gateways.stop();
  });
});

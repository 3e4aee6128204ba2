import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

describe('requests', () => {
  let gateways: RunningGateways;
  let socket: TestSocket;
  let conversationId: string;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
    conversationId = await gateways.conversation('ann', 'bob');
    socket = await gateways.connect('ann');
  });
  afterAll(() => gateways.stop());

  const message = (): object => ({ conversationId, clientMessageId: randomUUID(), text: 'hello' });

  it('sends a message, and answers its repeat with the first one', async () => {
    const input = message();
    const first = await socket.ask('message.send', input);
    const again = await socket.ask('message.send', input);
    expect(first).toMatchObject({
      ok: true,
      data: { duplicate: false, message: { text: 'hello', sender: 'ann' } },
    });
    expect(again).toMatchObject({ ok: true, data: { duplicate: true } });
    expect(first).toMatchObject({
      data: { message: (again as unknown as { data: { message: object } }).data.message },
    });
  });

  it('answers ping, heads and sync', async () => {
    const heads = await socket.ask('heads');
    expect(heads).toMatchObject({
      ok: true,
      data: { heads: [{ conversationId, visibleFrom: 1 }], next: null },
    });
    const { epoch } = (heads as unknown as { data: { epoch: string } }).data;
    const sync = await socket.ask('sync', { epoch, cursors: [[conversationId, 0]] });
    expect(sync).toMatchObject({ ok: true, data: { conversations: [{ conversationId, more: false }] } });
    expect(await socket.ask('sync', { epoch: 'another', cursors: [] })).toMatchObject({
      error: { code: 'epoch.changed' },
    });
    expect(await socket.ask('ping', {})).toMatchObject({
      ok: true,
      data: { serverTime: expect.any(String) as string },
    });
  });

  const unknown = [
    'nothing.known',
    'message.recall',
    '',
    'constructor',
    '__proto__',
    'toString',
    'error',
    'message',
    'end',
  ];
  it.each(unknown)('answers the unknown request %j', async (name) => {
    expect(await socket.ask(name, {})).toMatchObject({
      ok: false,
      error: { code: 'request.unknown', retryable: false },
    });
  });

  const garbage: [string, unknown[], string, string | undefined][] = [
    ['null', [null], 'request.invalid', ''],
    ['text', ['text'], 'request.invalid', ''],
    ['a list', [[1]], 'request.invalid', ''],
    ['nothing', [], 'request.invalid', 'conversationId'],
    ['two inputs', [{}, {}], 'request.malformed', undefined],
    ['an operator object', [{ conversationId: { $ne: '' } }], 'request.invalid', 'conversationId'],
    ['__proto__', [JSON.parse('{"__proto__": {"sender": "bob"}}')], 'request.invalid', '__proto__'],
  ];
  it.each(garbage)('answers garbage: %s', async (_, parameters, code, path) => {
    const answer = await socket.ask('message.send', ...parameters);
    expect(answer).toMatchObject({ ok: false, error: { code } });
    if (path !== undefined) expect(issuePaths(answer)).toContain(path);
  });

  function issuePaths(answer: unknown): string[] {
    return (answer as { error: { issues: { path: string }[] } }).error.issues.map((issue) => issue.path);
  }

  it.each(['sender', 'seq', 'tenantId', 'at', 'role'])(
    'refuses the server-owned field %s (S16)',
    async (field) => {
      expect(issuePaths(await socket.ask('message.send', { ...message(), [field]: 'x' }))).toEqual([field]);
    },
  );

  it('gives a foreign conversation and a missing one the same answer (S36)', async () => {
    const foreign = await gateways.conversation('bob');
    const answers = await Promise.all([foreign, randomUUID()].map((id) => socket.send(id, 'x', 'same-name')));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ error: { code: 'conversation.not_found' } });
  });

  it('carries out a request without an ack', async () => {
    socket.socket.emit('message.send', { ...message(), text: 'unasked' });
    await waitFor(() =>
      socket.timeline(conversationId).some((event) => JSON.stringify(event).includes('unasked')),
    );
  });

  it('closes on binary attachments and stays up (F35)', async () => {
    const other = await gateways.connect('ann');
    other.socket.emit('message.send', { text: Buffer.from('x') });
    await waitFor(() => other.closeCode !== undefined);
    expect(await socket.ask('ping', {})).toMatchObject({ ok: true });
  });

  it('closes on a frame that is too large (S6)', async () => {
    const other = await gateways.connect('ann');
    other.socket.emit('message.send', { text: 'x'.repeat(70_000) });
    await waitFor(() => other.closeCode === 1009);
  });

  /** An authenticated Engine.IO line for hand-made frames. */
  async function rawLine(): Promise<WebSocket> {
    const raw = new WebSocket(`${gateways.url().replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    raw.on('error', () => undefined);
    const said: string[] = [];
    raw.on('message', (data: Buffer) => said.push(data.toString()));
    await once(raw, 'open');
    raw.send(`40${JSON.stringify({ token: await gateways.token('ann') })}`);
    await waitFor(() => said.some((text) => text.startsWith('42["ready"')));
    return raw;
  }

  const frames = [
    '',
    '4',
    '42',
    '42[]',
    '42[1]',
    '42[null]',
    '425',
    '4255[]',
    '42["error"]',
    '42["error",{"a":1}]',
    '420["disconnect"]',
    '42["newListener",1]',
    '43[]',
    '43null',
    '430["ack of nothing"]',
    '40null',
    '40{}',
    '40/admin,{}',
    '41',
    '44{"message":"x"}',
    '451-["x",{"_placeholder":true,"num":0}]',
    '459-["x"]',
    '46',
    '49',
    '1',
    '2',
    '3',
    '9',
    'x',
    '[[[[[[',
    `42${'['.repeat(20_000)}`,
    `42["message.send",${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
    '420["message.send",{"conversationId":1e999}]',
  ];
  it.each(frames.map((frame) => [frame.slice(0, 40), frame]))(
    'survives the frame %j (F39)',
    async (_, frame) => {
      const raw = await rawLine();
      raw.send(frame);
      raw.send(Buffer.from(frame));
      if (frame === '41') raw.send('40{}');
      await waitFor(async () => (await socket.ask('ping', {})).ok);
      raw.terminate();
      expect(gateways.lines.join()).not.toMatch(/uncaught|unhandled/i);
    },
  );

  it('tells nothing of an inner failure but its code', async () => {
    const answer = await socket.ask('message.send', {
      ...message(),
      replyTo: { id: randomUUID(), seq: 9_000_000 },
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'message.reply_not_found' } });
    expect(JSON.stringify(answer)).not.toMatch(/select|prisma|at .*\.ts/i);
  });
});

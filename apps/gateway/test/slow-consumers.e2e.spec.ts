import { limits } from '@parley/contracts/wire';
import { Metrics } from '@parley/platform/telemetry';
import { waitFor } from '@parley/testing';
import { clientFrame, RawLine } from './raw-line';
import { RunningGateways } from './running-gateways';

const text = 'x'.repeat(limits.messageTextMaxBytes);

describe('slow consumers (S6)', () => {
  let gateways: RunningGateways;
  const lines: RawLine[] = [];

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
  });
  afterAll(async () => {
    for (const line of lines) line.end();
    await gateways.stop();
  });

  /** An authenticated client that stops reading when it is ready. */
  async function stalled(path: string, hello: (token: string) => string): Promise<void> {
    const line = RawLine.open(gateways.url(), path);
    lines.push(line);
    await waitFor(() => line.received.includes('\r\n\r\n'));
    line.write(clientFrame(hello(await gateways.token('slow'))));
    await waitFor(() => line.received.includes('ready'));
    line.socket.pause();
  }

  async function cutOff(): Promise<number> {
    const rendered = await gateways.service(Metrics).render();
    return Number(/^connections_slow_total\S* (\d+)/m.exec(rendered)?.[1]);
  }

  it('are disconnected and hold no memory; others get everything', async () => {
    const conversationId = await gateways.conversation('ann', 'bob', 'slow');
    const [ann, bob] = [await gateways.connect('ann'), await gateways.connect('bob')];
    await stalled('/socket.io/?EIO=4&transport=websocket', (token) => `40${JSON.stringify({ token })}`);
    await stalled('/ws', (token) => JSON.stringify({ id: 1, type: 'auth', data: { token } }));
    let sent = 0;
    while ((await cutOff()) < 2 && sent < 2_000) {
      await Promise.all(Array.from({ length: 20 }, () => ann.send(conversationId, text)));
      sent += 20;
    }
    expect(await cutOff()).toBe(2);
    await waitFor(() => bob.seqs(conversationId).length === sent, { timeoutMs: 10_000 });
    expect(bob.seqs(conversationId)).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    expect([ann.closeCode, bob.closeCode]).toEqual([undefined, undefined]);
  }, 60_000);

  it('do not include one that reads a long answer', async () => {
    const conversationId = await gateways.conversation('ann');
    const ann = await gateways.connect('ann');
    for (let sent = 0; sent < 100; sent += 20)
      await Promise.all(Array.from({ length: 20 }, () => ann.send(conversationId, text)));
    const heads = (await ann.ask('heads')) as unknown as { data: { epoch: string } };
    const { epoch } = heads.data;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ann.ask('sync', { epoch, cursors: [[conversationId, 0]] })),
    );
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    expect(ann.closeCode).toBeUndefined();
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { OwnPostgres, waitFor } from '@parley/testing';
import { Load } from './load';
import { RunningGateways } from './running-gateways';

const awayMs = 10_000;
const answerWithinMs = 3_000;

describe('PostgreSQL is away (F8)', () => {
  let postgres: OwnPostgres;
  let gateways: RunningGateways;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    gateways = await RunningGateways.start(2, {
      DATABASE_URL: postgres.appUrl,
      DATABASE_SYSTEM_URL: postgres.systemUrl,
    });
  }, 60_000);
  afterAll(async () => {
    await gateways.stop();
    await postgres.remove();
  });

  it('each request is answered within 3 s, retryable; sockets stay; normal within 5 s after it is back', async () => {
    const conversationId = await gateways.conversation('ann', 'bob');
    const ann = await gateways.connect('ann', 0);
    const bob = await gateways.connect('bob', 1);
    const load = new Load(ann, conversationId);
    const asking: Promise<{ ms: number; code: string | undefined }>[] = [];
    const ask = async (name: string, input: object): Promise<{ ms: number; code: string | undefined }> => {
      const startedAt = performance.now();
      const ack = (await bob.socket.timeout(6_000).emitWithAck(name, input)) as {
        ok: boolean;
        error?: { code: string; retryable: boolean };
      };
      const code = ack.ok ? 'ok' : ack.error?.retryable ? 'retryable' : ack.error?.code;
      return { ms: performance.now() - startedAt, code };
    };
    await waitFor(() => bob.seqs(conversationId).length > 20, { timeoutMs: 10_000 });
    await postgres.stop();
    const backAt = performance.now() + awayMs;
    while (performance.now() < backAt) {
      asking.push(ask('heads', {}));
      asking.push(ask('participant.add', { conversationId, participants: [{ userId: 'cat' }] }));
      await delay(500);
    }
    await postgres.startAgain();
    const back = performance.now();
    await waitFor(async () => (await ask('heads', {})).code === 'ok');
    const sends = load.acked.length;
    await waitFor(() => load.acked.length > sends);
    expect(performance.now() - back).toBeLessThan(5_000);
    await load.stop();
    const answers = await Promise.all(asking);
    expect(answers.filter(({ code }) => code !== 'ok' && code !== 'retryable')).toEqual([]);
    const refused = load.entries.filter(({ ack }) => !ack?.ok);
    expect(refused.filter(({ ack }) => ack === undefined || (!ack.ok && !ack.error.retryable))).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    const slowest = Math.max(...answers.map(({ ms }) => ms), ...load.entries.map(({ ms }) => ms));
    expect(slowest).toBeLessThan(answerWithinMs);
    expect([ann.closeCode, bob.closeCode]).toEqual([undefined, undefined]);
    const received = () =>
      new Set(
        bob.timeline(conversationId).map((event) => (event as { data?: { text?: string } }).data?.text),
      );
    const missing = () => load.acked.filter(({ text }) => !received().has(text));
    await waitFor(() => missing().length === 0, { timeoutMs: 5_000 });
    const seqs = bob.seqs(conversationId);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }, 90_000);
});

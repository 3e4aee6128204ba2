import { setTimeout as delay } from 'node:timers/promises';
import { OwnPostgres, startSystem, waitFor, type System } from '@parley/testing';
import { firstSeq, makeGroup, textsOf } from './history';
import { Load, askOverRest, askOverSocket, sendOverSocket, type Answer } from './load';
import { Recorder, dense } from './recorder';

const answerWithinMs = 3_000;
const normalWithinMs = 5_000;

/** PostgreSQL stops under load, stays away for so long, and comes back (F8). */
export async function postgresStopsUnderLoad(awayMs: number): Promise<string> {
  const postgres = await OwnPostgres.start();
  const system = await startSystem({
    environment: { DATABASE_URL: postgres.appUrl, DATABASE_SYSTEM_URL: postgres.systemUrl },
  });
  const recorders: Recorder[] = [];
  try {
    const conversationId = await makeGroup(system, 'ann', 'bob');
    for (const [index, userId] of ['ann', 'bob'].entries()) {
      recorders.push(await Recorder.connect(system.gatewayUrls[index] ?? '', await system.token(userId)));
    }
    return await survive(system, postgres, recorders, conversationId, awayMs);
  } finally {
    for (const recorder of recorders) recorder.close();
    await system.stop();
    await postgres.remove();
  }
}

async function survive(
  system: System,
  postgres: OwnPostgres,
  recorders: Recorder[],
  conversationId: string,
  awayMs: number,
): Promise<string> {
  const [ann, bob] = recorders;
  if (ann === undefined || bob === undefined) throw new RangeError('nobody listens');
  await system.token('cat');
  const newcomer = { conversationId, participants: [{ userId: 'cat' }] };
  const pids = system.processes.map(({ pid }) => pid);
  const token = await system.token('ann');
  const messages = `/v1/conversations/${conversationId}/messages`;
  const rest = (method: string, path: string, body?: object) =>
    askOverRest(system, token, method, path, body);
  const loads = [
    ...recorders.map((recorder) => new Load(sendOverSocket(recorder, conversationId))),
    new Load((text) => rest('POST', messages, { clientMessageId: text, text })),
  ];
  await waitFor(() => loads.every(({ acked }) => acked.length > 20), { timeoutMs: 10_000 });

  await postgres.stop();
  const asking: Promise<Answer>[] = [];
  for (const backAt = performance.now() + awayMs; performance.now() < backAt; await delay(500)) {
    asking.push(askOverSocket(bob, 'heads', {}), rest('GET', '/v1/me'), rest('GET', '/v1/conversations'));
    asking.push(askOverSocket(ann, 'participant.add', newcomer));
    asking.push(rest('POST', '/v1/conversations', { kind: 'group', participants: [] }));
  }
  await postgres.startAgain();
  const back = performance.now();
  const before = loads.map(({ acked }) => acked.length);
  await waitFor(async () => (await askOverSocket(bob, 'heads', {})).outcome === 'ok');
  await waitFor(async () => (await rest('GET', '/v1/conversations')).outcome === 'ok');
  await waitFor(() => loads.every(({ acked }, index) => acked.length > (before[index] ?? 0)));
  const normalAfterMs = performance.now() - back;
  expect(normalAfterMs).toBeLessThan(normalWithinMs);
  for (const load of loads) await load.stop();

  const entries = loads.flatMap((load) => load.entries);
  const answers: Answer[] = [...entries, ...(await Promise.all(asking))];
  expect(answers.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'retryable')).toEqual([]);
  const refused = answers.filter(({ outcome }) => outcome === 'retryable').length;
  expect(refused).toBeGreaterThan(0);
  const slowestMs = Math.max(...answers.map(({ ms }) => ms));
  expect(slowestMs).toBeLessThan(answerWithinMs);
  expect(recorders.map(({ connected }) => connected)).toEqual([true, true]);
  expect(system.processes.filter(({ isAlive }) => !isAlive)).toEqual([]);
  expect(system.processes.map(({ pid }) => pid)).toEqual(pids);
  const stored = await textsOf(system, conversationId, 'ann');
  expect(new Set(stored).size).toBe(stored.length);
  const missing = new Set(loads.flatMap(({ acked }) => acked.map(({ text }) => text)));
  for (const text of stored) missing.delete(text);
  expect([...missing]).toEqual([]);
  for (const recorder of recorders) {
    const received = () => recorder.seqs(conversationId);
    await waitFor(() => received().length >= stored.length, { message: 'every message at its gateway' });
    expect(received()).toEqual(dense(firstSeq, received().length + firstSeq - 1));
  }
  return `${answers.length} requests, ${refused} refused, the slowest after ${Math.round(slowestMs)} ms; normal ${Math.round(normalAfterMs)} ms after it was back`;
}

import type { Hot } from '@parley/platform/database';
import { waitFor } from '@parley/testing';
import {
  batchMaxRows,
  crowdedRows,
  standingBatches,
  standingWaitMaxMs,
  stuckMs,
  type SendRow,
} from './send-lane';
import { SendLanes } from './send-lanes';
import { timelineSend, timelineSendOne } from './timeline.functions';

interface Call {
  lane: number;
  fn: unknown;
  rows: SendRow[];
  answer: () => void;
}

/** Connections whose calls are answered when the spec says so, and all of them, the later ones too, after `release`. */
function heldConnections(laneCount: number): { hot: Hot; calls: Call[]; release: () => void } {
  const calls: Call[] = [];
  let released = false;
  const hot = {
    laneCount,
    callInLane: (lane: number, fn: unknown, _tenantId: string, ...parameters: string[]) =>
      new Promise((resolve) => {
        const rows = rowsOf(fn, parameters);
        const outcomes = rows.map(({ i, id }) => ({ i, outcome: 'created', id, seq: 1, at: new Date() }));
        calls.push({ lane, fn, rows, answer: () => resolve(outcomes) });
        if (released) resolve(outcomes);
      }),
  };
  const release = (): void => {
    released = true;
    for (const { answer } of calls) answer();
  };
  return { hot: hot as unknown as Hot, calls, release };
}

function rowsOf(fn: unknown, parameters: string[]): (SendRow & { i: number })[] {
  const [c = '', id = '', s = '', k = '', h = '', kind = '', t = ''] = parameters;
  return fn === timelineSendOne
    ? [{ i: 0, c, id, s, k, h, kind, t }]
    : (JSON.parse(c) as (SendRow & { i: number })[]);
}

let keys = 0;
function row(conversationId: string): SendRow {
  keys += 1;
  return { c: conversationId, id: `m${keys}`, s: 'ann', k: `key-${keys}`, h: '', kind: 'text', t: '' };
}

/** Time that passes only when the spec says so. */
function movableClock(): { move: (ms: number) => void } {
  let now = performance.now();
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return { move: (ms) => (now += ms) };
}

const batchMs = 50;

describe('SendLanes', () => {
  let clock: ReturnType<typeof movableClock>;
  // A slow machine must not be taken for a lane that does not answer.
  beforeEach(() => (clock = movableClock()));
  afterEach(() => jest.restoreAllMocks());

  const sendTo = (lanes: SendLanes, ...conversations: string[]): Promise<unknown>[] =>
    conversations.map((each) => lanes.send('t1', row(each)));
  const named = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it('leaves the other connections alone as long as one carries everything', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const first = sendTo(lanes, ...named('a', 10));
    await waitFor(() => calls.length === 1);
    const second = sendTo(lanes, ...named('b', crowdedRows - 1));
    release();
    await Promise.all([...first, ...second]);
    expect(calls.map(({ lane, rows }) => [lane, rows.length])).toEqual([
      [0, 10],
      ...Array.from({ length: crowdedRows / batchMaxRows - 1 }, () => [0, batchMaxRows]),
      [0, batchMaxRows - 1],
    ]);
  });

  it('has a call of its own for a plain message that comes alone, and for nothing else', async () => {
    const { hot, calls, release } = heldConnections(1);
    release();
    const lanes = new SendLanes(hot, []);
    const rows = [
      { md: { any: 'thing' } },
      { m: [{ userId: 'ben' }] },
      { rs: 1, ri: 'm1' },
      { ts: 1, ti: 'm1' },
      { kind: 'system' },
    ];
    for (const more of rows) await lanes.send('t1', { ...row('a'), ...more });
    await Promise.all(sendTo(lanes, 'a', 'b'));
    expect(calls.map(({ fn }) => fn)).toEqual([timelineSendOne, ...Array<unknown>(5).fill(timelineSend)]);
  });

  it('lets nobody wait for others where one or two come at a time, and gathers where more do', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const { hot, calls, release } = heldConnections(1);
    release();
    const lanes = new SendLanes(hot, []);
    for (const sent of [named('a', 2), named('b', 3), named('c', 1)]) {
      void Promise.all(sendTo(lanes, ...sent));
      await turns();
    }
    expect(calls.map(({ rows }) => rows.length)).toEqual([2, 3]);
    jest.advanceTimersByTime(2);
    jest.useRealTimers();
    await turns();
    expect(calls.map(({ rows }) => rows.length)).toEqual([2, 3, 1]);
  });

  it('gives to another connection what comes while one or two are under way, and never what is under way there', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const sends = sendTo(lanes, 'a', 'b');
    await waitFor(() => calls.length === 1);
    sends.push(...sendTo(lanes, 'a', 'c'));
    await waitFor(() => calls.length === 2);
    // Both are under way with few, and what comes now waits for the first of them.
    sends.push(...sendTo(lanes, 'd'));
    calls[0]?.answer();
    await waitFor(() => calls.length === 3);
    expect(calls.map(({ lane, rows }) => [lane, rows.map(({ c }) => c)])).toEqual([
      [0, ['a', 'b']],
      [1, ['c']],
      [0, ['a', 'd']],
    ]);
    release();
    await Promise.all(sends);
  });

  it('gives to another connection what comes when very much waits for one', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const sends = sendTo(lanes, ...named('a', crowdedRows + 5));
    await waitFor(() => calls.some(({ lane }) => lane === 1));
    expect(calls.filter(({ lane }) => lane === 1).map(({ rows }) => rows.length)).toEqual([5]);
    release();
    await Promise.all(sends);
  });

  it('gives to another connection what comes while one does not answer', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const sends = sendTo(lanes, 'a', 'b', 'c');
    await waitFor(() => calls.length === 1);
    clock.move(stuckMs + 10);
    sends.push(...sendTo(lanes, 'd', 'a'));
    await waitFor(() => calls.length === 2);
    expect(calls.map(({ lane, rows }) => [lane, rows.map(({ c }) => c)])).toEqual([
      [0, ['a', 'b', 'c']],
      [1, ['d']],
    ]);
    release();
    await Promise.all(sends);
  });

  /** So many rows have been waiting for so long that the queue stands; a batch takes `ms`. */
  async function makeStand(lanes: SendLanes, calls: Call[], rows: number, ms: number): Promise<unknown[]> {
    const sends = sendTo(lanes, ...named('a', batchMaxRows));
    for (let answered = 0; answered < standingBatches - 2; answered += 1) {
      // As much comes as is carried, so that the same number waits all the time.
      sends.push(...sendTo(lanes, ...named(`b${answered}-`, answered === 0 ? rows : batchMaxRows)));
      // Two are always under way: the next one begins when the lane has taken note of the last answer.
      await waitFor(() => calls.length === answered + 2);
      clock.move(ms);
      calls[answered]?.answer();
    }
    await waitFor(() => calls.length === standingBatches);
    return sends;
  }

  it('F13: lets a burst wait, and refuses what would wait long in a queue that stands, until it is gone', async () => {
    const { hot, calls, release } = heldConnections(1);
    const lanes = new SendLanes(hot, []);
    const rows = (Math.ceil(standingWaitMaxMs / batchMs) + 1) * batchMaxRows;
    const sends = await makeStand(lanes, calls, rows, batchMs);
    expect(() => lanes.assertRoom('late')).toThrow(/more to do than it can/);
    await expect(lanes.send('t1', row('late'))).rejects.toMatchObject({ code: 'service.overloaded' });
    release();
    await Promise.all(sends);
    await expect(lanes.send('t1', row('late'))).resolves.toMatchObject({ outcome: 'created' });
  });

  it('F13: takes those behind a batch that is late for as quick as others, until it is stuck', async () => {
    const { hot, calls, release } = heldConnections(1);
    const lanes = new SendLanes(hot, []);
    const sends = await makeStand(lanes, calls, 3 * batchMaxRows, 5);
    clock.move(standingWaitMaxMs / 2);
    expect(() => lanes.assertRoom('late')).not.toThrow();
    clock.move(stuckMs);
    expect(() => lanes.assertRoom('late')).toThrow(/more to do than it can/);
    release();
    await Promise.all(sends);
  });

  it('keeps a conversation in its lane while a send of it is under way, and in order', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const sends = sendTo(lanes, ...named('a', batchMaxRows));
    await waitFor(() => calls.length === 1);
    sends.push(...sendTo(lanes, ...named('b', batchMaxRows)));
    await waitFor(() => calls.length === 2);
    // Both batches are under way, and as much waits in the first lane as may.
    sends.push(...sendTo(lanes, ...named('c', crowdedRows), 'd', 'a0', 'a0'));
    await waitFor(() => calls.some(({ lane }) => lane === 1));
    release();
    await Promise.all(sends);
    const ofA0 = calls.flatMap(({ lane, rows }) =>
      rows.filter(({ c }) => c === 'a0').map(({ id }) => ({ lane, id })),
    );
    expect(new Set(ofA0.map(({ lane }) => lane))).toEqual(new Set([0]));
    const ids = ofA0.map(({ id }) => Number(id.slice(1)));
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    expect(calls.flatMap(({ lane, rows }) => (lane === 1 ? rows.map(({ c }) => c) : []))).toContain('d');
  });
});

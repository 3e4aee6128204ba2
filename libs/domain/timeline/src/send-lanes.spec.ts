import type { Hot } from '@parley/platform/database';
import { waitFor } from '@parley/testing';
import { batchMaxRows, type SendRow } from './send-lane';
import { SendLanes } from './send-lanes';

interface Call {
  lane: number;
  rows: SendRow[];
  answer: () => void;
}

/** Connections whose calls are answered when the spec says so, and all of them, the later ones too, after `release`. */
function heldConnections(laneCount: number): { hot: Hot; calls: Call[]; release: () => void } {
  const calls: Call[] = [];
  let released = false;
  const hot = {
    laneCount,
    callInLane: (lane: number, _fn: unknown, _tenantId: string, json: string) =>
      new Promise((resolve) => {
        const rows = JSON.parse(json) as (SendRow & { i: number })[];
        const outcomes = rows.map(({ i, id }) => ({ i, outcome: 'created', id, seq: 1, at: new Date() }));
        calls.push({ lane, rows, answer: () => resolve(outcomes) });
        if (released) resolve(outcomes);
      }),
  };
  const release = (): void => {
    released = true;
    for (const { answer } of calls) answer();
  };
  return { hot: hot as unknown as Hot, calls, release };
}

let keys = 0;
function row(conversationId: string): SendRow {
  keys += 1;
  return { c: conversationId, id: `m${keys}`, s: 'ann', k: `key-${keys}`, h: '', kind: 'text', t: '' };
}

describe('SendLanes', () => {
  const sendTo = (lanes: SendLanes, ...conversations: string[]): Promise<unknown>[] =>
    conversations.map((each) => lanes.send('t1', row(each)));
  const named = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it('leaves the other connections alone as long as one carries everything', async () => {
    const { hot, calls } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const first = sendTo(lanes, ...named('a', 10));
    await waitFor(() => calls.length === 1);
    const second = sendTo(lanes, ...named('b', batchMaxRows - 1));
    calls[0]?.answer();
    await waitFor(() => calls.length === 2);
    calls[1]?.answer();
    await Promise.all([...first, ...second]);
    expect(calls.map(({ lane, rows }) => [lane, rows.length])).toEqual([
      [0, 10],
      [0, batchMaxRows - 1],
    ]);
  });

  it('gives what would not fit into the next batch of one lane to another', async () => {
    const { hot, calls, release } = heldConnections(2);
    const lanes = new SendLanes(hot, []);
    const sends = sendTo(lanes, ...named('a', batchMaxRows + 5));
    await waitFor(() => calls.length === 2);
    expect(calls.map(({ lane, rows }) => [lane, rows.length]).sort()).toEqual([
      [0, batchMaxRows],
      [1, 5],
    ]);
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
    // Both batches are under way, and the next one of the first lane has room.
    sends.push(...sendTo(lanes, ...named('c', batchMaxRows), 'd', 'a0', 'a0'));
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

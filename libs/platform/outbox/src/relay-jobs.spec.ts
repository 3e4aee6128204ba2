import { z } from 'zod';
import { defineJob } from '@parley/contracts/internal';
import type { ClaimedRow } from './outbox.functions';
import { jobsFor } from './relay-jobs';

const alone = defineJob({
  name: 'test.alone',
  on: ['message.created'],
  queue: 'test',
  schema: z.object({}),
  dedupe: 'none',
  why: 'a test',
});
const batched = defineJob({ ...alone, name: 'test.batched', batch: 3 });

function row(id: string, fields: Partial<ClaimedRow> = {}): ClaimedRow {
  return {
    tenant_id: 't1',
    id,
    event: 'message.created',
    handlers: ['test.batched'],
    size: 1,
    queued_before: null,
    queued_at: new Date(9_000),
    ...fields,
  };
}

function shapes(rows: ClaimedRow[]): [string, string, readonly string[]][] {
  return jobsFor(rows, [alone, batched]).map(({ id, data }) => [id, data.tenantId, data.events]);
}

describe('the jobs for claimed rows', () => {
  it('pack the rows of one job and tenant up to its batch', () => {
    expect(shapes([row('d'), row('b'), row('a'), row('c'), row('x', { tenant_id: 't2' })])).toEqual([
      ['a-test.batched', 't1', ['a', 'b', 'c']],
      ['d-test.batched', 't1', ['d']],
      ['x-test.batched', 't2', ['x']],
    ]);
  });

  it('count the messages that the rows are about; a row with more than a batch is alone', () => {
    const rows = [row('a'), row('b', { size: 2 }), row('c'), row('d', { size: 64 }), row('e'), row('f')];
    expect(shapes(rows).map(([, , events]) => events)).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f']]);
  });

  it('are one per row where the catalogue names no batch, and one per handler of a row', () => {
    expect(shapes([row('a', { handlers: ['test.alone', 'test.batched'] }), row('b')])).toEqual([
      ['a-test.alone', 't1', ['a']],
      ['a-test.batched', 't1', ['a', 'b']],
    ]);
  });

  it('have the same ids again for rows that were queued together before', () => {
    const first = { queued_before: new Date(1_000) };
    const second = { queued_before: new Date(2_000) };
    expect(shapes([row('a', second), row('b', first), row('c', second), row('d', first)])).toEqual([
      ['a-test.batched', 't1', ['a', 'c']],
      ['b-test.batched', 't1', ['b', 'd']],
    ]);
  });
});

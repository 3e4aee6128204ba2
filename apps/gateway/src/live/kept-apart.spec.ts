import { createLogger } from '@parley/platform/telemetry';
import { Separations, type Separation } from '@parley/domain/blocks';
import { waitFor } from '@parley/testing';
import { KeptApart } from './kept-apart';

/** Answers when it is told to. */
class SlowSeparations extends Separations {
  readonly asked: { userIds: readonly string[]; answer: (found: Separation[] | Error) => void }[] = [];

  constructor() {
    super(undefined as never);
  }

  override of(_: string, userIds: readonly string[]): Promise<Separation[]> {
    return new Promise((resolve, reject) => {
      const answer = (found: Separation[] | Error): void =>
        found instanceof Error ? reject(found) : resolve(found);
      this.asked.push({ userIds, answer });
    });
  }
}

const block: Separation = { userId: 'ann', otherId: 'ben', conversationIds: ['direct'] };
const change = (at: number) => ({ tenantId: 't', userId: 'ann', at });

describe('KeptApart', () => {
  let separations: SlowSeparations;
  let apart: KeptApart;
  let told: string[];

  beforeEach(() => {
    separations = new SlowSeparations();
    apart = new KeptApart(separations, createLogger({ process: 'test', level: 'error', format: 'json' }));
    told = [];
    apart.onChanged((...ids) => told.push(ids.join()));
    apart.enter('t', 'ann');
  });

  async function answer(found: Separation[] | Error): Promise<void> {
    await waitFor(() => separations.asked.length > 0);
    separations.asked.shift()?.answer(found);
    // What waits for the answer goes on in the turns after it.
    await new Promise(setImmediate);
  }
  const isApart = (): boolean => apart.areApart('t', 'ann', 'ben');

  it('keeps the two apart, and where, until the block is over, and says each once', async () => {
    void apart.read('t', ['ann']);
    await answer([block]);
    expect([isApart(), apart.areApartIn('t', 'direct', 'ann', 'ben')]).toEqual([true, true]);
    expect([apart.areApartIn('t', 'group', 'ann', 'ben'), apart.areApart('u', 'ann', 'ben')]).toEqual([
      false,
      false,
    ]);
    apart.hear([change(1)]);
    await answer([block]);
    apart.hear([change(2)]);
    await answer([]);
    expect(isApart()).toBe(false);
    expect(told).toEqual(['t,ann,ben', 't,ann,ben']);
  });

  it('reads a change once, however often the tail tells of it, and none of who is not here', async () => {
    apart.hear([change(1), { ...change(1), userId: 'eve' }]);
    await waitFor(() => separations.asked.length > 0);
    expect(separations.asked).toMatchObject([{ userIds: ['ann'] }]);
    await answer([block]);
    apart.hear([change(1)]);
    apart.hear([change(0)]);
    await new Promise(setImmediate);
    expect(separations.asked).toEqual([]);
  });

  it('reads again what could not be read, when it is told of again', async () => {
    apart.hear([change(1)]);
    await answer(new Error('PostgreSQL is away'));
    expect(isApart()).toBe(false);
    apart.hear([change(1)]);
    await answer([block]);
    expect(isApart()).toBe(true);
  });

  it('asks one after the other, so that no older answer undoes a newer one', async () => {
    void apart.read('t', ['ann']);
    apart.hear([change(1)]);
    await new Promise(setImmediate);
    expect(separations.asked).toHaveLength(1);
    await answer([block]);
    await answer([]);
    expect(isApart()).toBe(false);
  });

  it('keeps nothing of who went while it was asked', async () => {
    void apart.read('t', ['ann']);
    await new Promise(setImmediate);
    apart.leave('t', 'ann');
    await answer([block]);
    expect([isApart(), told]).toEqual([false, []]);
  });
});

import { Isolation, isolatedAfterMs, steadyAfterMs } from './isolation';

function watched() {
  const state = { now: 0, postgres: true, others: true, log: [] as string[] };
  const isolation = new Isolation({
    monotonicMs: () => state.now,
    ping: () => (state.postgres ? Promise.resolve() : Promise.reject(new Error('away'))),
    othersHavePostgres: () => state.others,
    leave: () => {
      state.log.push(`leave ${state.now}`);
      return Promise.resolve();
    },
    comeBack: () => state.log.push(`back ${state.now}`),
  });
  /** Looks once a second until then. */
  const until = async (end: number): Promise<void> => {
    for (; state.now <= end; state.now += 1_000) await isolation.look();
  };
  return { state, until };
}

describe('Isolation (F40)', () => {
  it('sends the clients away, once, when it alone is without PostgreSQL', async () => {
    const { state, until } = watched();
    await until(2_000);
    state.postgres = false;
    await until(60_000);
    expect(state.log).toEqual([`leave ${3_000 + isolatedAfterMs}`]);
  });

  it('keeps them while nobody has PostgreSQL, and sends them away when others have it again', async () => {
    const { state, until } = watched();
    [state.postgres, state.others] = [false, false];
    await until(60_000);
    expect(state.log).toEqual([]);
    state.others = true;
    await until(62_000);
    expect(state.log).toEqual(['leave 61000']);
  });

  it('keeps them through an absence that is short', async () => {
    const { state, until } = watched();
    state.postgres = false;
    await until(isolatedAfterMs - 1_000);
    state.postgres = true;
    await until(60_000);
    expect(state.log).toEqual([]);
  });

  it('lets clients in again only when PostgreSQL has been back for a while', async () => {
    const { state, until } = watched();
    state.postgres = false;
    await until(20_000);
    for (let flap = 0; flap < 6; flap += 1) {
      state.postgres = !state.postgres;
      await until(state.now + 3_000);
    }
    expect(state.log).toEqual([`leave ${isolatedAfterMs}`]);
    state.postgres = true;
    const backAt = state.now;
    await until(60_000);
    expect(state.log).toEqual([`leave ${isolatedAfterMs}`, `back ${backAt + steadyAfterMs}`]);
  });
});

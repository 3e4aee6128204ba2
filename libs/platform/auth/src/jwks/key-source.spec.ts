import { KeySource, sourceTimes } from './key-source';
import type { PublicKey, PublicKeys } from './public-keys';

const key = (): PublicKey => ({ algorithm: 'ES256', check: () => ({}) });

/** A source that publishes these kids; null: it does not answer. */
class Source {
  now = 0;
  kids: string[] | null;
  readonly fetch = jest.fn(async (): Promise<PublicKeys | null> =>
    this.kids === null ? null : new Map(this.kids.map((kid) => [kid, key()])),
  );
  readonly keys = new KeySource(this.fetch, () => this.now);

  constructor(...kids: string[]) {
    this.kids = kids;
  }

  /** Whether a token with this kid finds its key, as tokens look: what is known first. */
  async finds(kid: string): Promise<boolean> {
    return (this.keys.known(kid) ?? (await this.keys.find(kid))) !== null;
  }
}

/** Lets what goes on behind a token come to its end. */
const settled = (): Promise<void> => new Promise(setImmediate);

describe('S9: the keys of a JWKS URL', () => {
  it('are fetched once for everybody who asks at once, and kept for ten minutes', async () => {
    const source = new Source('a');
    expect(await Promise.all(Array.from({ length: 100 }, () => source.finds('a')))).not.toContain(false);
    source.now = sourceTimes.fresh;
    expect(await source.finds('a')).toBe(true);
    expect(source.fetch).toHaveBeenCalledTimes(1);
  });

  it('are fetched again behind the token that meets old ones', async () => {
    const source = new Source('a');
    await source.finds('a');
    source.now = sourceTimes.fresh + 1;
    source.kids = ['b'];
    expect(source.keys.known('a')).not.toBeNull();
    await settled();
    expect(source.fetch).toHaveBeenCalledTimes(2);
    expect(source.keys.known('a')).toBeNull();
    expect(source.keys.known('b')).not.toBeNull();
  });

  it('rotation: a kid that is new is found at once', async () => {
    const source = new Source('a');
    await source.finds('a');
    source.now = sourceTimes.betweenFetches;
    source.kids = ['a', 'b'];
    expect(await source.finds('b')).toBe(true);
    expect(await source.finds('a')).toBe(true);
  });

  it('10,000 unknown kids cause one fetch in 30 seconds', async () => {
    const source = new Source('a');
    await source.finds('a');
    for (let second = 0; second < 60; second += 1) {
      source.now = second * 1_000;
      const kids = Array.from({ length: 167 }, (_, index) => `made-up-${second}-${index}`);
      await Promise.all(kids.map((kid) => source.finds(kid)));
    }
    expect(source.fetch.mock.calls.length).toBeLessThanOrEqual(2);
    expect(await source.finds('a')).toBe(true);
  });

  it('the last ones hold for a day while the source is away, and no longer', async () => {
    const source = new Source('a');
    await source.finds('a');
    source.kids = null;
    for (let minute = 1; minute < 24 * 60; minute += 1) {
      source.now = minute * 60_000;
      expect(await source.finds('a')).toBe(true);
      await settled();
    }
    expect(source.fetch.mock.calls.length).toBeLessThan(24 * 60);
    source.now = sourceTimes.stale + 1;
    expect(await source.finds('a')).toBe(false);
    expect(source.keys.isKnown).toBe(false);
    source.now += sourceTimes.betweenFirstFetches;
    source.kids = ['a'];
    expect(await source.finds('a')).toBe(true);
  });

  it('without any key it is asked again every five seconds, not with every token', async () => {
    const source = new Source();
    source.kids = null;
    for (let ms = 0; ms < 10_000; ms += 100) {
      source.now = ms;
      expect(await source.finds('a')).toBe(false);
    }
    expect(source.fetch).toHaveBeenCalledTimes(2);
    expect(source.keys.isKnown).toBe(false);
  });
});

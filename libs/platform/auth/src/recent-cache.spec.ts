import { RecentCache } from './recent-cache';

describe('RecentCache', () => {
  const sizes = { max: 2, maxAbsent: 2 };

  it('asks once for those who ask at the same time', async () => {
    const cache = new RecentCache<{ n: number }>(sizes);
    const load = jest.fn(async () => ({ n: 1 }));
    await Promise.all([cache.get('a', load), cache.get('a', load), cache.get('a', load)]);
    await cache.get('a', load);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('remembers what does not exist, without pushing out what does', async () => {
    const cache = new RecentCache<{ n: number }>(sizes);
    const found = jest.fn(async () => ({ n: 1 }));
    const absent = jest.fn(async () => null);
    await cache.get('real', found);
    for (let i = 0; i < 100; i += 1) await cache.get(`made-up-${i}`, absent);
    await cache.get('made-up-99', absent);
    expect(absent).toHaveBeenCalledTimes(100);
    await cache.get('real', found);
    expect(found).toHaveBeenCalledTimes(1);
  });

  it('asks again after a failure', async () => {
    const cache = new RecentCache<{ n: number }>(sizes);
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(cache.get('a', async () => ({ n: 2 }))).resolves.toEqual({ n: 2 });
  });

  it('counts the age of an answer from the question', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(10_000);
    try {
      const cache = new RecentCache<{ n: number }>(sizes);
      await cache.get('a', async () => {
        now.mockReturnValue(11_500);
        return { n: 1 };
      });
      now.mockReturnValue(12_100);
      await expect(cache.get('a', async () => ({ n: 2 }))).resolves.toEqual({ n: 2 });
    } finally {
      now.mockRestore();
    }
  });
});

import { fitGrowth } from './growth';

const sizes = [1e3, 1e4, 1e5, 1e6];

describe('the exponent of growth', () => {
  it('finds that of an exact power law, with no doubt about it', () => {
    const { exponent, low, high } = fitGrowth(sizes.map((size) => ({ size, cost: 3 * size ** 0.5 })));
    expect(exponent).toBeCloseTo(0.5, 6);
    expect(high - low).toBeLessThan(1e-6);
  });

  it('is nothing where the cost does not depend on the size, within its interval', () => {
    const noise = [1.02, 0.99, 1.01, 0.98];
    const { exponent, low, high } = fitGrowth(
      sizes.map((size, place) => ({ size, cost: noise[place] ?? 1 })),
    );
    expect(Math.abs(exponent)).toBeLessThan(0.01);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(exponent);
  });

  it('refuses two points: they say nothing about their own doubt', () => {
    expect(() => fitGrowth(sizes.slice(0, 2).map((size) => ({ size, cost: 1 })))).toThrow(RangeError);
  });
});

import { findHighest } from './rate-search';
import type { Step, Verdict } from './step';

const options = { startAt: 1_000, stepsMax: 14, precision: 0.05 };

function server(capacity: number): { rates: number[]; run: (perSecond: number) => Promise<Step> } {
  const rates: number[] = [];
  const run = async (perSecond: number): Promise<Step> => {
    rates.push(perSecond);
    const verdict: Verdict = perSecond <= capacity ? 'passed' : 'slow';
    return { perSecond, verdict, why: verdict } as Step;
  };
  return { rates, run };
}

describe('the search for the highest rate', () => {
  it.each([40, 900, 1_000, 7_777])('comes close to a capacity of %i from below', async (capacity) => {
    const { best, stopped } = await findHighest(server(capacity).run, options);
    expect(best?.perSecond).toBeLessThanOrEqual(capacity);
    expect(best?.perSecond).toBeGreaterThan(capacity * 0.9);
    expect(stopped?.verdict).toBe('slow');
  });

  it('ends after so many steps, whatever comes', async () => {
    const endless = server(Infinity);
    const { best, stopped } = await findHighest(endless.run, options);
    expect(endless.rates).toHaveLength(options.stepsMax);
    expect(stopped).toBeUndefined();
    expect(best?.perSecond).toBe(Math.max(...endless.rates));
  });

  it('says that nothing passed', async () => {
    const { best, stopped } = await findHighest(server(0).run, options);
    expect(best).toBeUndefined();
    expect(stopped?.verdict).toBe('slow');
  });
});

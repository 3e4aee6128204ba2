import { nowMicros } from './clock';
import { runTicks } from './ticker';

const everyMicros = 400e3;

describe('runTicks', () => {
  it('keeps its times after it was held up', async () => {
    // The thread begins after some of them have passed, more than half way to the next one.
    const firstMicros = nowMicros() - 10.65 * everyMicros;
    const phases: number[] = [];
    await runTicks({ firstMicros, everyMicros, untilMicros: nowMicros() + 3 * everyMicros }, () =>
      phases.push(((nowMicros() - firstMicros) / everyMicros) % 1),
    );
    const [, ...afterwards] = phases;
    expect(afterwards.length).toBeGreaterThanOrEqual(2);
    // A busy machine may tell of one late, not of all.
    expect(Math.min(...afterwards)).toBeLessThan(0.5);
  });
});

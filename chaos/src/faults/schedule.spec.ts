import { Random } from '../random';
import { faultKinds, planFaults } from './schedule';

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(planFaults(new Random(7), 60)).toEqual(planFaults(new Random(7), 60));
    expect(planFaults(new Random(7), 60)).not.toEqual(planFaults(new Random(8), 60));
  });

  it('has every kind as often as the others', () => {
    const kinds = Object.keys(faultKinds);
    const planned = planFaults(new Random(1), kinds.length * 3);
    for (const kind of kinds) expect(planned.filter((fault) => fault.kind === kind)).toHaveLength(3);
  });

  it('keeps to the bounds of its kinds', () => {
    for (const { kind, holdMs } of planFaults(new Random(3), 200)) {
      const [from, to] = faultKinds[kind].holdMs;
      expect(holdMs).toBeGreaterThanOrEqual(from);
      expect(holdMs).toBeLessThanOrEqual(to);
    }
  });
});

import { smokeProfile } from '../src/profiles';
import { describeRun, passed } from '../src/report';
import { run } from '../src/run';
import { ProductCopy } from '../src/system/product-copy';

describe('under every kind of fault', () => {
  const product = new ProductCopy();

  afterAll(() => product.remove());

  it('I1–I11 I13 I14 I18: nothing is lost, doubled, out of order, older than before, or told to others', async () => {
    const report = await run({ ...smokeProfile, seed: 1, product });
    if (!passed(report)) throw new Error(describeRun(report));
    expect(report.verdict.judged.messages).toBeGreaterThan(smokeProfile.messages / 2);
    const { edits, deletions, reads, removals, bans, trespasses } = report.verdict.judged;
    expect(Math.min(edits, deletions, reads, removals + bans, trespasses)).toBeGreaterThan(5);
    expect(bans).toBeGreaterThan(0);
    expect(report.faultsByKind.size).toBeGreaterThanOrEqual(8);
  }, 240_000);
});

import type { Invariant } from '../checker/verdict.types';
import { smokeProfile } from '../profiles';
import { run } from '../run';
import { ProductCopy } from '../system/product-copy';
import type { Mutant } from './mutants';

export interface Proof {
  mutant: string;
  caught: boolean;
  /** Runs that it took, or that were in vain. */
  runs: number;
  /** All that the last run found broken. */
  broken: Invariant[];
  text: string;
}

export const runsMax = 3;

/** Runs a planted fault until the checker finds it, at most three times. */
export async function prove(mutant: Mutant, seed: number, say?: (line: string) => void): Promise<Proof> {
  const product = new ProductCopy();
  try {
    for (const patch of mutant.patches) product.apply(patch);
    product.statements.push(...(mutant.sql ?? []));
    for (let runs = 1; ; runs += 1) {
      const { verdict } = await run({
        ...smokeProfile,
        ...mutant.focus,
        seed: seed + runs,
        product,
        ...(say === undefined ? {} : { say }),
      });
      const broken = (Object.keys(verdict.counts) as Invariant[]).filter((name) => verdict.counts[name] > 0);
      const finding = verdict.violations.find(({ invariant }) => mutant.expects.includes(invariant));
      if (finding === undefined && runs < runsMax) continue;
      return { mutant: mutant.name, caught: finding !== undefined, runs, broken, text: finding?.text ?? '' };
    }
  } finally {
    product.remove();
  }
}

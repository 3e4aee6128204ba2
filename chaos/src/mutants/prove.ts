import type { Invariant, Verdict } from '../checker/verdict.types';
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

/** Runs planted faults, all in one product, until the checker has found each, at most three times. */
export async function prove(
  mutants: readonly Mutant[],
  seed: number,
  say?: (line: string) => void,
): Promise<Proof[]> {
  const product = new ProductCopy();
  const proofs = new Map<string, Proof>();
  try {
    for (const { patches, sql = [] } of mutants) {
      for (const patch of patches) product.apply(patch);
      product.statements.push(...sql);
    }
    const focus = mutants[0]?.focus;
    for (let runs = 1; runs <= runsMax; runs += 1) {
      const { verdict } = await run({
        ...smokeProfile,
        ...focus,
        seed: seed + runs,
        product,
        ...(say === undefined ? {} : { say }),
      });
      for (const mutant of mutants) {
        if (proofs.get(mutant.name)?.caught !== true) proofs.set(mutant.name, proofOf(mutant, runs, verdict));
      }
      if ([...proofs.values()].every(({ caught }) => caught)) break;
    }
    return [...proofs.values()];
  } finally {
    product.remove();
  }
}

function proofOf({ name, expects }: Mutant, runs: number, { counts, violations }: Verdict): Proof {
  const broken = (Object.keys(counts) as Invariant[]).filter((invariant) => counts[invariant] > 0);
  const finding = violations.find(({ invariant }) => expects.includes(invariant));
  return { mutant: name, caught: finding !== undefined, runs, broken, text: finding?.text ?? '' };
}

import { check } from '../src/checker/check';
import type { FinalState } from '../src/checker/final-state.types';
import type { Invariant } from '../src/checker/verdict.types';
import type { Story } from './story';

/** Which invariants a story breaks. */
export function broken(story: Story, final: FinalState = story.final()): Invariant[] {
  const { counts } = check(story.records, final);
  return (Object.keys(counts) as Invariant[]).filter((invariant) => counts[invariant] > 0);
}

const shownMax = 20;
let shown = 0;

/** Writes one finding to the log of the run; each virtual user shows its first ones, the counters have them all. */
export function report(finding: string): void {
  shown += 1;
  if (shown <= shownMax) console.error(finding);
  if (shown === shownMax) console.error('(further findings of this virtual user are only counted)');
}

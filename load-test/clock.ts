import exec from 'k6/execution';

/** Milliseconds with fractions since the start of the run: one clock for all virtual users, and no jump of the wall clock. */
export function now(): number {
  return exec.instance.currentTestRunDuration;
}

export function sleepUntil(due: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, due - now())));
}

/** True as soon as the condition holds, false after the limit. */
export async function holdsWithin(limitMs: number, condition: () => boolean): Promise<boolean> {
  const deadline = now() + limitMs;
  while (!condition()) {
    if (now() >= deadline) return false;
    await sleepUntil(now() + 20);
  }
  return true;
}

import { setTimeout as delay } from 'node:timers/promises';

const sampleMs = 500;

/** The highest of what is read while something goes on, its beginning and its end included. */
export async function peakWhile<T>(
  read: () => number,
  run: Promise<T>,
): Promise<{ outcome: T; peak: number }> {
  let peak = read();
  const ended = new AbortController();
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await delay(sampleMs, undefined, { signal: ended.signal }).catch(() => undefined);
      peak = Math.max(peak, read());
    }
  };
  const watching = watch();
  const outcome = await run.finally(() => ended.abort());
  await watching;
  return { outcome, peak };
}

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual, inspect } from 'node:util';
import type { Answer } from './client.types';

/** What a scenario found wrong, in one sentence. */
export class Nonconformance extends Error {}

export function check(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Nonconformance(sentence);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  check(
    isDeepStrictEqual(actual, expected),
    `${what}: expected ${inspect(expected, { breakLength: Infinity })}, got ${inspect(actual, { breakLength: Infinity })}`,
  );
}

/** The data of an answer that must be a good one. */
export function accepted<T>(answer: Answer, what: string): T {
  check(answer.ok, `${what}: refused with ${answer.ok ? '' : answer.error.code}`);
  return answer.data as T;
}

/** Waits, at most for `withinMs`, until it holds. */
export async function eventually(holds: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds()) {
    check(performance.now() < end, `${what}: not within ${withinMs} ms`);
    await delay(10);
  }
}

/** An ack is refused with this code. */
export function refusedWith(answer: Answer, code: string, what: string): void {
  equal(answer.ok ? 'accepted' : answer.error.code, code, what);
}

import { flowOf } from './gcra';
import type { LimitRow } from './rate-limiter.types';

const numbersPerAnswer = 4;

/** The arguments of one call of `takeTokens`, and what it answers. */
export class ScriptCall {
  readonly keys: string[] = [];
  private readonly places = new Map<string, number>();
  private readonly numbers: number[] = [0];
  private read = 0;

  /** `given`: the tokens are taken whatever the buckets hold. */
  add(keys: readonly string[], rows: readonly LimitRow[], cost: number, given: boolean): void {
    this.numbers[0] = (this.numbers[0] ?? 0) + 1;
    this.numbers.push(rows.length, cost, given ? 1 : 0);
    rows.forEach(({ perMinute, burst }, index) => {
      this.numbers.push(this.placeOf(keys[index] ?? ''), flowOf(perMinute, burst).intervalUs, burst);
    });
  }

  /** Keys first, then one argument. */
  get arguments(): [number, ...string[]] {
    return [this.keys.length, ...this.keys, JSON.stringify(this.numbers)];
  }

  /** The next request's answer, in the order in which they were added. */
  next(answers: readonly number[]): number[] {
    this.read += numbersPerAnswer;
    return answers.slice(this.read - numbersPerAnswer, this.read);
  }

  private placeOf(key: string): number {
    let place = this.places.get(key);
    if (place === undefined) this.places.set(key, (place = this.keys.push(key)));
    return place;
  }
}

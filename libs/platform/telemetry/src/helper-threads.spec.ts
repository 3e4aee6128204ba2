import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { helperThreadsYield } from './helper-threads';

const priorities = (): Map<number, number> =>
  new Map(readdirSync('/proc/self/task').map((thread) => [Number(thread), getPriority(Number(thread))]));

it('the helper threads of V8 yield; the thread that serves does not', () => {
  const before = priorities();
  helperThreadsYield();
  const after = priorities();
  for (const [thread, priority] of before) {
    try {
      setPriority(thread, priority);
    } catch {
      // Not everybody may take it back; the other specs of this process only get slower.
    }
  }
  const { [process.pid]: own, ...others } = Object.fromEntries(after);
  expect(own).toBe(before.get(process.pid));
  expect(Object.values(others).length).toBeGreaterThan(1);
  expect(new Set(Object.values(others))).toEqual(new Set([10]));
});

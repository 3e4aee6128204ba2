import { setFlagsFromString } from 'node:v8';

/**
 * V8 collects with four threads, whatever cores there are. Where the product's processes share one or two, those four push
 * aside whoever is sending: a scavenge of the worker took 20 to 80 ms instead of 5, and an api at rest that gave back memory,
 * by three full collections in a row, took most of a core for a second. So the new space is collected by the thread that
 * allocates, and rest is used for one collection.
 */
export const garbageCollectionFlags = ['--no-parallel-scavenge', '--memory-reducer-single-gc'] as const;

/** V8 reads these flags whenever it collects: they may be set while it runs. */
export function collectGarbageQuietly(): void {
  for (const flag of garbageCollectionFlags) setFlagsFromString(flag);
}

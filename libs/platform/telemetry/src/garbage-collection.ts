import { setFlagsFromString } from 'node:v8';

/**
 * V8 gives memory back when a process rests, by up to three full collections in a row with four threads. Where api, gateway
 * and PostgreSQL share a core, an api at rest took most of it for a second that way, from those who were sending; the second
 * and the third freed nothing.
 */
export const garbageCollectionFlag = '--memory-reducer-single-gc';

/** V8 reads the flag whenever a process begins to rest: it may be set while it runs. */
export function collectOnceAtRest(): void {
  setFlagsFromString(garbageCollectionFlag);
}

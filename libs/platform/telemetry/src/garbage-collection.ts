import { setFlagsFromString } from 'node:v8';

/**
 * V8 gives memory back when a process rests, by up to three full collections in a row with four threads. Where api, gateway
 * and PostgreSQL share a core, an api at rest took most of it for a second that way, from those who were sending; the second
 * and the third freed nothing.
 */
export const restFlag = '--memory-reducer-single-gc';

/** V8 reads these flags whenever it needs them: they may be set while a process runs. */
export function collectOnceAtRest(): void {
  setFlagsFromString(restFlag);
}

/**
 * V8 collects everything whenever the heap has grown by a third of what lives, for it takes a collection for cheap: in a
 * gateway that carries 1,500 messages a second every 5 s, and each one makes all of them wait for 100 to 300 ms where it
 * shares its core. With this it waits for three times what lives; near the heap's limit V8 collects earlier all the same.
 */
export const seldomFlag = '--heap-growing-percent=200';

/**
 * V8 lets helper threads take part in each small collection and waits for all of them. They yield to everybody (see
 * `helperThreadsYield`), so on a busy core it waited 60 to 90 ms for work that takes its own thread 5.
 */
export const aloneFlag = '--no-parallel-scavenge';

/**
 * V8 makes at once among the old what once outlived small collections. Here that is whatever a message is made of, for a
 * moment of the start in which answers were slow; only full collections find it there. Without this a third less is made old.
 */
export const youngFlag = '--no-allocation-site-pretenuring';

/** For a process whose pauses others feel, who wait for it or share its core: fewer and shorter ones for more memory. */
export function collectSeldom(): void {
  setFlagsFromString(seldomFlag);
  setFlagsFromString(aloneFlag);
  setFlagsFromString(youngFlag);
}

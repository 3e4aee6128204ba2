import { Worker } from 'node:worker_threads';

// Node's own timers know milliseconds only; a thread that sleeps on a futex wakes the loop within some 60 µs.
const program = `
const { parentPort, workerData: { firstMicros, everyMicros, untilMicros } } = require('node:worker_threads');
const cell = new Int32Array(new SharedArrayBuffer(4));
const now = () => { const [s, ns] = process.hrtime(); return s * 1e6 + ns / 1e3; };
for (let tick = 0, due = firstMicros; due < untilMicros + everyMicros; due = firstMicros + tick * everyMicros) {
  for (let left = due - now(); left > 0; left = due - now()) Atomics.wait(cell, 0, 0, left / 1e3);
  parentPort.postMessage(0);
  // A thread that was held up leaves out what it missed and keeps its times: from then on, all would be late by the rest.
  tick = Math.max(tick, Math.floor((now() - firstMicros) / everyMicros)) + 1;
}
`;

export interface Ticks {
  firstMicros: number;
  everyMicros: number;
  untilMicros: number;
}

/** Calls `tick` at these times of the monotonic clock; resolves after the last. */
export function runTicks(ticks: Ticks, tick: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: ticks });
    worker.on('message', tick);
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

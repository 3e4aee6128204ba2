import { Latency, nowMicros, type LatencySummary } from '@parley/testing/load';
import type { Product } from '../subjects/product';
import { CpuWindow } from './usage';

const atOnce = 4;

/** What one call of an operation cost. */
export interface OperationCost {
  /** Of the whole server side. */
  cpuMicros: number;
  latency: LatencySummary;
}

/** Calls an operation over and over, some at a time, for so long. */
export async function costOf(
  call: () => Promise<unknown>,
  product: Product,
  ms: number,
): Promise<OperationCost> {
  // The first calls fill caches of PostgreSQL.
  await repeat(call, ms / 4);
  const cpu = new CpuWindow(product);
  cpu.begin();
  const latency = (await repeat(call, ms)).summary();
  cpu.end();
  return { cpuMicros: (cpu.used().total * 1e6) / latency.count, latency };
}

async function repeat(call: () => Promise<unknown>, ms: number): Promise<Latency> {
  const latency = new Latency();
  const until = performance.now() + ms;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const begun = nowMicros();
      await call();
      latency.record(nowMicros() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return latency;
}

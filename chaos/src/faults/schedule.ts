import type { Random } from '../random';

/** Everything that is done to an installation, with the bounds of how long it lasts, in milliseconds. */
export const faultKinds = {
  'gateway-kill': { holdMs: [0, 500] },
  'gateway-term': { holdMs: [0, 500] },
  'gateway-stop': { holdMs: [500, 3_000] },
  'api-kill': { holdMs: [0, 500] },
  'api-stop': { holdMs: [500, 2_500] },
  'worker-kill': { holdMs: [0, 1_500] },
  'worker-stop': { holdMs: [1_000, 4_000] },
  'connections-cut': { holdMs: [0, 0] },
  'connections-pause': { holdMs: [500, 3_000] },
  'connections-delay': { holdMs: [1_000, 3_000] },
  'connections-half-open': { holdMs: [1_000, 4_000] },
  'redis-flush': { holdMs: [0, 0] },
  'redis-restart': { holdMs: [200, 2_000] },
  'redis-stop': { holdMs: [500, 3_000] },
  'postgres-restart': { holdMs: [0, 500] },
  'postgres-stop': { holdMs: [500, 4_000] },
  'postgres-terminate': { holdMs: [0, 0] },
  'postgres-crash': { holdMs: [0, 0] },
} as const satisfies Record<string, { holdMs: readonly [number, number] }>;

export type FaultKind = keyof typeof faultKinds;

export interface Fault {
  number: number;
  kind: FaultKind;
  /** Which of several (gateways, groups of clients) it hits: taken modulo their number. */
  target: number;
  holdMs: number;
}

/** The faults of a run: each kind as often as the others, as far as that goes, in an order of chance. */
export function planFaults(
  random: Random,
  count: number,
  kinds = Object.keys(faultKinds) as FaultKind[],
): Fault[] {
  const drawn: FaultKind[] = [];
  while (drawn.length < count) drawn.push(...random.shuffled(kinds));
  return drawn.slice(0, count).map((kind, index) => {
    const [from, to] = faultKinds[kind].holdMs;
    return { number: index + 1, kind, target: random.between(0, 1_000), holdMs: random.between(from, to) };
  });
}

import { faultKinds } from './faults/schedule';
import type { RunOptions } from './run';

export type Profile = Omit<RunOptions, 'seed' | 'product'>;

/** What `npm run chaos` does. */
export const fullProfile: Profile = {
  messages: 20_000,
  clients: 40,
  conversations: 50,
  faults: 60,
  rate: 150,
  quietMs: 10_000,
  reconcileMs: 2_000,
};

/** Every kind of fault once, in about a minute. */
export const smokeProfile: Profile = {
  messages: 1_500,
  clients: 16,
  conversations: 12,
  faults: Object.keys(faultKinds).length,
  rate: 150,
  quietMs: 10_000,
  reconcileMs: 2_000,
};

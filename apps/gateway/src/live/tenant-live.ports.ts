import type { BusEvent } from '@parley/contracts/internal';
import type { Membership } from '@parley/domain/timeline';
import type { Members } from './audience';
import type { Schedule } from './sequencer';

/** What the live part of a tenant needs from outside. */
export interface TenantPorts {
  /** Every current membership of these users, with the heads at the same moment. */
  loadAudience(userIds: string[]): Promise<Membership[]>;
  readRange(conversationId: string, from: number, to: number): Promise<BusEvent[]>;
  /** Hands an event to the local members who are to see it, by `sightOf`. Must not throw. */
  deliver(event: BusEvent, members: Members): void;
  /** A membership ended. It may be an older one: the index knows. */
  left(conversationId: string, userId: string): void;
  schedule: Schedule;
  /** For the log: something that should not happen did, and was coped with. */
  trouble(event: 'audience.load_failed' | 'sequencer.skipped', details: object): void;
}

export const presenceChoices = ['online', 'away', 'invisible'] as const;
/** What a user can say of itself. `invisible` looks like offline to everybody else. */
export type PresenceChoiceStatus = (typeof presenceChoices)[number];

export type PresenceStatus = 'online' | 'away' | 'offline' | 'invisible';

/** What a user sees of another one, over all of its devices. */
export interface PresenceView {
  userId: string;
  /** `invisible` is seen by the user itself alone. */
  status: PresenceStatus;
  /** When it was connected last; null while it is, and where that is not known. */
  lastSeenAt: string | null;
}

/** Answer to `presence.watch`: those whom the caller may see, as they are now. */
export interface PresenceWatchResult {
  presence: PresenceView[];
}

/** Answer to `presence.set`. */
export interface PresenceSetResult {
  status: PresenceChoiceStatus;
}

export const participantRoles = ['owner', 'admin', 'member', 'guest'] as const;
export type ParticipantRole = (typeof participantRoles)[number];

/** A user's membership in a conversation. */
export interface ParticipantView {
  userId: string;
  role: ParticipantRole;
  label: string | null;
  joinedAt: string;
  /** The first seq of the timeline that this participant may see. */
  visibleFrom: number;
  /** The last seq that a former participant may see: that of its own leaving. */
  leftSeq: number | null;
}

/** Data of `participant.joined`: everybody who joined with this one change. */
export interface ParticipantJoinedData {
  participants: { userId: string; role: ParticipantRole; label: string | null; visibleFrom: number }[];
}

/** Data of `participant.updated`. */
export interface ParticipantUpdatedData {
  userId: string;
  role: ParticipantRole;
  label: string | null;
}

export type LeavingReason = 'left' | 'removed' | 'banned';

/** Data of `participant.left`. */
export interface ParticipantLeftData {
  userId: string;
  reason: LeavingReason;
}

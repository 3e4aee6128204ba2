import type { ParticipantRole, ParticipantView } from '@parley/contracts/wire';
import type { ParticipantRow } from './participant.repository';

/** The fields of a membership that leave; the read markers are the user's own affair. */
export function participantView(row: ParticipantRow): ParticipantView {
  return {
    userId: row.userId,
    role: row.role as ParticipantRole,
    label: row.label,
    joinedAt: row.joinedAt.toISOString(),
    visibleFrom: Number(row.visibleFrom),
    leftSeq: row.leftSeq === null ? null : Number(row.leftSeq),
  };
}

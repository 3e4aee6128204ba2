import type {
  ConversationKind,
  ConversationStatus,
  ConversationView,
  ConversationVisibility,
  HistoryMode,
  ReactionMode,
} from '@parley/contracts/wire';
import { participantView } from '@parley/domain/participants';
import type { ConversationRow } from './conversation.repository';

/** The fields of a conversation that leave, for one of its participants or, without `me`, for all of them. */
export function conversationView(row: ConversationRow): ConversationView {
  const [me] = row.participants;
  return {
    id: row.id,
    kind: row.kind as ConversationKind,
    status: row.status as ConversationStatus,
    visibility: row.visibility as ConversationVisibility,
    history: row.history as HistoryMode,
    settings: { reactionMode: row.reactionMode as ReactionMode },
    subject:
      row.subjectType === null || row.subjectId === null
        ? null
        : { type: row.subjectType, id: row.subjectId },
    title: row.title,
    metadata: row.metadata as Record<string, unknown>,
    lastSeq: Number(row.head?.lastSeq ?? 0),
    messageCount: Number(row.head?.messageCount ?? 0),
    lastMessageAt: row.head?.lastMessageAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    ...(me === undefined ? {} : { me: participantView(me) }),
  };
}

/** The same conversation as everybody in it may see it. */
export function withoutMe({ me: _, ...view }: ConversationView): ConversationView {
  return view;
}

import type {
  ConversationRulesView,
  ConversationStatus,
  ConversationVisibility,
  HistoryMode,
  PostingMode,
  ReactionMode,
} from '@parley/contracts/wire';

/** A row of `conversation`, as far as it can be changed. */
interface RulesRow {
  status: string;
  visibility: string;
  history: string;
  reactionMode: string;
  posting: string;
  slowModeSeconds: number;
  subjectType: string | null;
  subjectId: string | null;
  title: string | null;
  metadata: unknown;
}

/** What a conversation's rules are, as `conversation.updated` tells of them. */
export function rulesView(row: RulesRow): ConversationRulesView {
  const { subjectType: type, subjectId: id } = row;
  return {
    status: row.status as ConversationStatus,
    visibility: row.visibility as ConversationVisibility,
    history: row.history as HistoryMode,
    settings: {
      reactionMode: row.reactionMode as ReactionMode,
      posting: row.posting as PostingMode,
      slowModeSeconds: row.slowModeSeconds,
    },
    subject: type === null || id === null ? null : { type, id },
    title: row.title,
    metadata: row.metadata as Record<string, unknown>,
  };
}

import type {
  ConversationView,
  MessageView,
  OwnParticipantView,
  PersonalSettings,
} from '@parley/contracts/wire';
import type { ConversationRow, InboxRow, OwnRow } from './inbox.functions';
import type { SettingsRow } from './inbox.repository';

/** The fields of a conversation that leave, for one of its participants or, where the row has no own part, for anybody. */
export function conversationView(row: InboxRow, lastMessage: MessageView | null): ConversationView {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    visibility: row.visibility,
    history: row.history,
    settings: {
      reactionMode: row.reaction_mode,
      posting: row.posting,
      slowModeSeconds: row.slow_mode_seconds,
    },
    subject: subjectOf(row),
    title: row.title,
    metadata: row.metadata,
    lastSeq: row.last_seq,
    messageCount: row.message_count,
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    lastMessage,
    ...(row.user_id === null ? {} : { me: ownParticipantView(row) }),
  };
}

export function settingsView(row: SettingsRow): PersonalSettings {
  return {
    pinned: row.pinned,
    archived: row.archived,
    hidden: row.hidden,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    notificationLevel: row.notification_level,
  };
}

function ownParticipantView(row: OwnRow): OwnParticipantView {
  return {
    userId: row.user_id,
    role: row.role,
    label: row.label,
    joinedAt: row.joined_at.toISOString(),
    visibleFrom: row.visible_from,
    leftSeq: null,
    readSeq: row.read_seq,
    unreadFromSeq: row.unread_from_seq,
    unread: row.unread,
    mentions: row.mentions,
    settings: settingsView(row),
  };
}

function subjectOf({ subject_type: type, subject_id: id }: ConversationRow): ConversationView['subject'] {
  return type === null || id === null ? null : { type, id };
}

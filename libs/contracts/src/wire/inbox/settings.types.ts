export const notificationLevels = ['all', 'mentions', 'none'] as const;
/** Which messages of a conversation its participant is notified of. */
export type NotificationLevel = (typeof notificationLevels)[number];

/** What a participant has set for itself; nobody else is told. */
export interface PersonalSettings {
  pinned: boolean;
  archived: boolean;
  /** Not in the list; it comes back with the next message. */
  hidden: boolean;
  /** No notification until then; null where it is not muted. */
  mutedUntil: string | null;
  notificationLevel: NotificationLevel;
}

/** Data of `settings.updated`. */
export interface SettingsUpdatedData {
  conversationId: string;
  settings: PersonalSettings;
}

/** What a page of an import did. */
export interface ImportResult {
  users: { created: number; existing: number };
  conversations: { id: string; key: string; created: boolean }[];
  messages: { created: number; duplicate: number; skipped: ImportSkip[] };
}

/** A message that was not imported (or imported without its thread), and why. */
export interface ImportSkip {
  clientMessageId: string;
  reason: 'key_conflict' | 'thread_root_missing';
}

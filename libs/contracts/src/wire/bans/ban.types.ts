import type { AuditActor } from '../audit/audit.types';

/** A user who is kept out, of a conversation or of the tenant. */
export interface BanView {
  userId: string;
  reason: string | null;
  at: string;
  /** When it ends by itself; null: when it is lifted. */
  until: string | null;
  by: AuditActor;
}

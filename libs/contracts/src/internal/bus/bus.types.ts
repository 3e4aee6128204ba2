/**
 * What travels between processes after a commit. The event is encoded once, by the process that committed it, and never
 * parsed again on the way: a gateway routes by the header alone.
 */
export interface BusEventHeader {
  tenantId: string;
  conversationId: string;
  seq: number;
  /** Seq of the message that a change is about; 0 where it is about none. */
  targetSeq: number;
  /** Present on membership changes: what the gateways' audience indexes must learn. */
  membership?: MembershipDelta;
  /** Present on what is one user's own affair: the others get its place alone. */
  onlyFor?: string;
}

/** How a membership change alters who may see what follows. */
export interface MembershipDelta {
  joined?: { userId: string; visibleFrom: number }[];
  /** Sees this change and nothing after it. */
  left?: string;
  /** Sees nothing from before this seq any more. */
  reset?: { userId: string; visibleFrom: number };
  /** Nobody sees anything after this change. */
  ended?: true;
}

/** An event as it is published: header, name, and the JSON text of its payload. */
export interface BusEvent extends BusEventHeader {
  type: string;
  /** JSON of the whole durable event. */
  json: string;
}

/** A recovered event for all devices of some users. */
export interface UserEvent {
  tenantId: string;
  userIds: string[];
  type: string;
  json: string;
}

/** Somebody began to type, went on, or stopped. */
export interface TypingChange {
  tenantId: string;
  conversationId: string;
  userId: string;
  typing: boolean;
}

/** What others see of users of one tenant. */
export interface PresenceNews {
  tenantId: string;
  users: {
    userId: string;
    status: 'online' | 'away' | 'offline';
    /** Milliseconds since the epoch; null where that stays. */
    lastSeenAt: number | null;
  }[];
}

/** What a user has chosen, for all of its devices. */
export interface PresenceChoice {
  tenantId: string;
  userId: string;
  invisible: boolean;
  /** Null: each device stays what it is. */
  away: boolean | null;
}

/** A conversation that somebody wrote in lately. */
export interface TailEntry {
  tenantId: string;
  conversationId: string;
  /** Its newest seq in the interval. */
  seq: number;
  /** Who joined it in the interval and is a member still, with the seq of the join. */
  joined?: { userId: string; seq: number }[];
}

/** Who must not be connected any longer. */
export type Revocation =
  | {
      kind: 'user';
      tenantId: string;
      userId: string;
      /** Milliseconds since the epoch: tokens issued up to it are void; null where none are. */
      issuedUpTo: number | null;
      deactivated: boolean;
      /** Kept out of the tenant for now. */
      banned?: true;
    }
  | { kind: 'key'; tenantId: string; keyId: string }
  | { kind: 'tenant'; tenantId: string };

/** A user's blocks, or the blocks against it, changed. */
export interface BlockChange {
  tenantId: string;
  userId: string;
  /** By PostgreSQL's clock, in milliseconds since the epoch: later with each change of this user's. */
  at: number;
}

/** All that was committed in an interval by PostgreSQL's clock, in milliseconds since the epoch. */
export interface TailMessage {
  from: number;
  to: number;
  entries: TailEntry[];
  revocations: Revocation[];
  /** Absent where the process that read it knows of none yet. */
  blockChanges?: BlockChange[];
  /** A look at the newest alone: what took long to commit may be missing, so nobody may count the interval as known. */
  glance?: true;
}

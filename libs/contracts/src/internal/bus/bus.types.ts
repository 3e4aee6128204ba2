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
}

/** How a membership change alters who may see what follows. */
export interface MembershipDelta {
  joined?: { userId: string; visibleFrom: number }[];
  /** Sees this change and nothing after it. */
  left?: string;
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

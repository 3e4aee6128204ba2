/** A send as a floor gets it: the same request that the product gets. */
export interface FloorMessage {
  conversationId: string;
  clientMessageId: string;
  text: string;
  sender: string;
}

export interface StoredMessage extends FloorMessage {
  id: string;
  seq: number;
  at: string;
}

/** What a floor does with a message before it answers and delivers. */
export type Store = (message: FloorMessage) => Promise<StoredMessage> | StoredMessage;

/** Who connects says so itself: a floor checks nothing. */
export interface FloorAuth {
  user: string;
  rooms: string[];
}

/** Deliveries go to all members, the sender too, as those of the product do. */
export function eventOf({
  id,
  conversationId,
  seq,
  sender,
  at,
  clientMessageId,
  text,
}: StoredMessage): object {
  return { id, conversationId, seq, actor: sender, at, data: { clientMessageId, text } };
}

export function ackOf({ id, seq, at }: StoredMessage): object {
  return { ok: true, data: { message: { id, seq, at } } };
}

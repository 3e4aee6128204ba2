import type { MessageView } from '../messages/message.types';

/** A message that is pinned in its conversation. */
export interface PinView {
  messageId: string;
  messageSeq: number;
  /** User id; null where a server key acted for nobody. */
  pinnedBy: string | null;
  pinnedAt: string;
  /** Without its reactions. */
  message: MessageView;
}

export interface PinResult {
  pin: PinView;
}

/** The message is not pinned now. */
export interface UnpinResult {
  /** False: it was not pinned. */
  removed: boolean;
}

/** Data of `pin.added` and `pin.removed`. A deleted message is no longer pinned, which no event of its own says. */
export interface PinChangedData {
  messageId: string;
  messageSeq: number;
}

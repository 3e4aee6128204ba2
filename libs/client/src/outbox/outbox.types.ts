import type { MessageSendInput, SendResult } from '@parley/contracts/wire';
import type { ParleyError } from '../parley-error';

/** A message without an answer yet. */
export interface PendingMessage {
  input: MessageSendInput;
  /** Whether it may have reached the server; until then it can be cancelled. */
  attempted: boolean;
}

/** What became of a message: the server stored it, or it never will be. */
export type MessageSettled =
  | { ok: true; input: MessageSendInput; result: SendResult }
  | { ok: false; input: MessageSendInput; error: ParleyError };

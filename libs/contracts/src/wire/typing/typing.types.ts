/** Answer to `typing.start`. */
export interface TypingStartResult {
  /** Others see it for so long; a next `typing.start` prolongs it. */
  expiresAfterMs: number;
}

/** Answer to `typing.stop`. */
export interface TypingStopResult {
  /** False: nobody saw the user typing there. */
  stopped: boolean;
}

/** Data of `typing.updated`: goes to those who have the conversation open. */
export interface TypingUpdatedData {
  conversationId: string;
  userId: string;
  typing: boolean;
  /** Without another event the user has stopped after so long; 0 where it has stopped. */
  expiresAfterMs: number;
}

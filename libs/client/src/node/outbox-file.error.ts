/** The outbox's file cannot be used; the message says why, and what to do. */
export class OutboxFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboxFileError';
  }
}

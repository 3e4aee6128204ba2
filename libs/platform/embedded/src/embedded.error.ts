/** The embedded PostgreSQL or Redis cannot do what was asked; the message is one sentence meant for the person at the terminal. */
export class EmbeddedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedError';
  }
}

/** The system's code of an error (`ENOENT`, `EACCES` …), or an empty string. Not by `instanceof`: an error may be of another realm. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

import { errorCode, errorText } from './error-parts';

/** The database cannot be set up; the message is one sentence for the person who runs the command. */
export class SetupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SetupError';
  }
}

export function setupSentence(error: unknown): SetupError {
  const code = errorCode(error);
  const text = errorText(error) || code;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
      return new SetupError(`The database server of DATABASE_ADMIN_URL cannot be reached (${code}).`, {
        cause: error,
      });
    case '28P01':
    case '28000':
      return new SetupError(`The database server refuses the login of DATABASE_ADMIN_URL: ${text}.`, {
        cause: error,
      });
    case '42501':
      return new SetupError(
        `The role of DATABASE_ADMIN_URL may not set up the database: ${text}. It must be a superuser, or have CREATEROLE and CREATEDB ` +
          'and own the roles and the database where they exist already.',
        { cause: error },
      );
    default:
      return new SetupError(`The database cannot be set up: ${text}.`, { cause: error });
  }
}

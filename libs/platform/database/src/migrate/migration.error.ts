import { errorCode, errorText } from '../setup/error-parts';

/** Migrations cannot be applied or read; the message is one sentence for the person who runs the command. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

const howToGoOn = 'repair its cause, then mark it as rolled back';

/** Turns what the engine or the driver said, often with its own call stack in the text, into one sentence. */
export function migrationSentence(error: unknown): MigrationError {
  return new MigrationError(sentence(errorCode(error), errorText(error)), { cause: error });
}

function sentence(code: string, text: string): string {
  const reason = /ERROR:\s+(.*)/.exec(text)?.[1] ?? text.split('\n')[0] ?? '';
  const failing = /Applying migration[\s\S]*?migration_name="([^"]+)"/.exec(text)?.[1];
  if (failing)
    return `The migration ${failing} failed and blocks every further one: ${reason}; ${howToGoOn}.`;
  if (code === 'P3009') {
    const names = [...text.matchAll(/The `([^`]+)` migration/g)].map((match) => match[1]);
    return `The migration ${names.join(', ')} failed earlier and blocks every further one: ${howToGoOn}.`;
  }
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].includes(code)) {
    return `The database server of DATABASE_ADMIN_URL cannot be reached (${code}).`;
  }
  if (
    code === '3D000' ||
    /role "?parley_owner"? does not exist|invalid value for parameter "role"/.test(text)
  ) {
    return `The database is not set up (${reason}): run db:setup first.`;
  }
  if (code === '55P03') return 'Another migration has held the lock for two minutes: wait for it to end.';
  return `The migrations cannot be handled: ${reason}`;
}

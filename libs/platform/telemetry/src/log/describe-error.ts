import { redactText } from './redact';

export interface ErrorRecord {
  name: string;
  code?: string;
  message?: string;
  stack?: string;
  cause?: ErrorRecord;
}

const maxCauses = 4;
const sqlState = /^[0-9A-Z]{5}$/;

/** An error for the log: name, code, message and stack, never the parameters of a query. */
export function describeError(error: unknown, depth = 0): ErrorRecord {
  if (!(error instanceof Error)) return { name: typeof error, message: redactText(String(error)) };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const record: ErrorRecord = { name: error.name };
  if (typeof code === 'string' || typeof code === 'number') record.code = String(code);
  record.message = redactText(withoutParameters(error, record.code));
  const frames = framesOf(error.stack);
  if (frames) record.stack = frames;
  if (cause !== undefined && depth < maxCauses) record.cause = describeError(cause, depth + 1);
  return record;
}

/**
 * PostgreSQL and Prisma quote the values of the statement in their messages, so their messages are cut to the words
 * that the server wrote itself; PostgreSQL's names of table and constraint say where it was.
 */
function withoutParameters(error: Error, code: string | undefined): string {
  if (error.name.startsWith('PrismaClient')) return prismaWords(error);
  if (code === undefined || !sqlState.test(code)) return error.message;
  const { table, constraint } = error as { table?: unknown; constraint?: unknown };
  const where = [table, constraint].filter((name) => typeof name === 'string').join(', ');
  const words = error.message.replace(/"[^]*"/, '"…"');
  return where ? `${words} (${where})` : words;
}

function prismaWords(error: Error): string {
  const { meta } = error as {
    meta?: { modelName?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  const details = [meta?.modelName, meta?.driverAdapterError?.cause?.originalCode];
  return ['query failed', ...details.filter((detail) => typeof detail === 'string')].join(' ');
}

/** A stack begins with the message, which may be anything: only the frames are kept. */
function framesOf(stack: string | undefined): string | undefined {
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return frames?.length ? redactText(frames.map((line) => line.trim()).join('\n')) : undefined;
}

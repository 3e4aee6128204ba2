import type { ErrorRecord } from './describe-error';
import type { LogLevel, LogRecord } from './log-record';

const levelColours: Record<LogLevel, number> = { error: 31, warn: 33, info: 32, debug: 90 };

/** One line of JSON; control characters and Unicode line ends in values are escaped. */
export function formatJson({ fields, ...record }: LogRecord): string {
  return JSON.stringify({ ...fields, ...record }).replace(/[\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

/** One coloured line for a person; below it, indented, the stack of an error. */
export function formatPretty(record: LogRecord): string {
  const ids = { requestId: record.requestId, tenantId: record.tenantId, userId: record.userId };
  const pairs = Object.entries({ ...record.fields, ...ids })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [record.event, record.message, record.error && errorWords(record.error), ...pairs];
  const line = encode(parts.filter(Boolean).join(' '));
  const level = colour(levelColours[record.level], record.level.toUpperCase().padEnd(5));
  const head = `${colour(90, record.time.slice(11, 23))} ${level} ${record.process.padEnd(9)} ${line}`;
  return [head, ...stackLines(record.error)].join('\n');
}

function errorWords({ name, code, message }: ErrorRecord): string {
  return [name, code && `[${code}]`, message].filter(Boolean).join(' ');
}

function stackLines(error: ErrorRecord | undefined): string[] {
  if (!error) return [];
  const frames = (error.stack ?? '').split('\n').filter(Boolean);
  const cause = error.cause ? [`caused by ${errorWords(error.cause)}`] : [];
  return [...[...frames, ...cause].map((line) => `    ${encode(line)}`), ...stackLines(error.cause)];
}

function encode(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must not reach a terminal or begin a forged line
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function colour(code: number, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

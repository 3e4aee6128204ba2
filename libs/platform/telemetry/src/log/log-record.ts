import { currentRequest } from '../request-context';
import { describeError, type ErrorRecord } from './describe-error';
import { redactText, redactValue } from './redact';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** One line of the log, before it is written as JSON or for people. */
export interface LogRecord {
  time: string;
  level: LogLevel;
  process: string;
  event: string;
  requestId?: string;
  tenantId?: string;
  userId?: string;
  message?: string;
  error?: ErrorRecord;
  fields: Record<string, unknown>;
}

const ownKeys = new Set([
  'level',
  'event',
  'message',
  'error',
  'time',
  'process',
  'requestId',
  'tenantId',
  'userId',
]);

/** Builds the safe record of what a caller logged. Ids that it does not name come from the HTTP request, if there is one. */
export function toLogRecord(processName: string, info: Record<string, unknown>): LogRecord {
  const request = currentRequest();
  const actor = request?.actor();
  const isOurs = typeof info['event'] === 'string';
  const given = isOurs ? info : fromNest(info);
  return {
    time: new Date().toISOString(),
    level: levelOf(info['level']),
    process: processName,
    event: given['event'] as string,
    requestId: idOf(given['requestId'] ?? request?.requestId),
    tenantId: idOf(given['tenantId'] ?? actor?.tenantId),
    userId: idOf(given['userId'] ?? actor?.userId),
    message: wordsOf(given['message']),
    error: given['error'] === undefined ? undefined : describeError(given['error']),
    fields: fieldsOf(given),
  };
}

/** Nest adds every property of an error that it logs; only what is known to be harmless is taken over. */
function fromNest(info: Record<string, unknown>): Record<string, unknown> {
  const { context, error, message } = info;
  const event = 'nest.log';
  if (error instanceof Error) return { event, context, error };
  return { event, context, message };
}

function fieldsOf(given: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(given).filter(([name, value]) => !ownKeys.has(name) && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, redactValue(name, value)]));
}

/** A user's id is the host product's text, and may be long or a mail address. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' ? redactText(value.slice(0, 128)) : undefined;
}

function wordsOf(message: unknown): string | undefined {
  if (message === undefined || message === '') return undefined;
  return redactText(typeof message === 'string' ? message : (JSON.stringify(message) ?? ''));
}

function levelOf(level: unknown): LogLevel {
  switch (level) {
    case 'fatal':
    case 'error':
      return 'error';
    case 'warn':
    case 'info':
      return level;
    default:
      return 'debug';
  }
}

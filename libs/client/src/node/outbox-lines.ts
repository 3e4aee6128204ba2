import type { OutboxRecord } from '../outbox/outbox.storage';
import { OutboxFileError } from './outbox-file.error';

/** One line of the file. */
export type Change = { put: OutboxRecord } | { removed: string };

export interface OutboxLines {
  records: Map<string, OutboxRecord>;
  /** Bytes up to which the file is whole; what follows is the rest of a write that was cut off. */
  wholeBytes: number;
}

export function writeLine(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}

export function applyChange(records: Map<string, OutboxRecord>, change: Change): void {
  if ('put' in change) records.set(change.put.id, change.put);
  else records.delete(change.removed);
}

/**
 * Reads a file of changes.
 * @throws OutboxFileError when there is something unreadable before its end: what it said would be lost
 */
export function readLines(file: string, text: string): OutboxLines {
  const records = new Map<string, OutboxRecord>();
  let wholeBytes = 0;
  let damagedAt: number | undefined;
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const change = readChange(line);
    if (!change) {
      damagedAt ??= index + 1;
    } else if (damagedAt !== undefined) {
      throw new OutboxFileError(
        `The outbox ${file} is damaged at line ${damagedAt}: take that line out, or move the file away.`,
      );
    } else {
      applyChange(records, change);
      wholeBytes += Buffer.byteLength(line) + 1;
    }
  }
  return { records, wholeBytes };
}

function readChange(line: string): Change | null {
  try {
    const { put, removed } = JSON.parse(line) as { put?: Partial<OutboxRecord>; removed?: unknown };
    if (typeof removed === 'string') return { removed };
    const complete =
      typeof put?.id === 'string' &&
      typeof put.order === 'number' &&
      typeof put.attempted === 'boolean' &&
      typeof put.input?.conversationId === 'string' &&
      typeof put.input.clientMessageId === 'string' &&
      typeof put.input.text === 'string';
    return complete ? { put: put as OutboxRecord } : null;
  } catch {
    return null;
  }
}

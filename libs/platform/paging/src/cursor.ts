import type { z } from 'zod';
import { AppError, type Page } from '@parley/contracts/wire';

/** The sort key of a row as the opaque text that clients give back. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key that a cursor carries; null without a cursor.
 * @throws AppError `cursor.invalid` when it is not one that `encodeCursor` made of such a key
 */
export function decodeCursor<K>(cursor: string | undefined, schema: z.ZodType<K>): K | null {
  if (cursor === undefined) return null;
  const parsed = schema.safeParse(readJson(cursor));
  if (!parsed.success) throw new AppError('cursor.invalid');
  return parsed.data;
}

/** A page of at most `limit` rows, from rows that were asked for one beyond it. */
export function pageOf<T>(rows: T[], limit: number, keyOf: (row: T) => unknown): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { data, page: { next } };
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

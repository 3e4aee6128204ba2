import { hash } from 'node:crypto';

/**
 * What is in a message's search text beside its words, so that the index itself narrows a search: pieces of words begin
 * with `=`, tags with `@`, and no word begins with either.
 */
export const gram = (piece: string): string => `=${piece}`;

/** What wrote the row: rows without it are found by whole words until they are written again. Also in prisma/sql. */
export const currentTag = '@3';
export const linkTag = '@link';
export const replyTag = '@reply';
/** The time shown lies behind the time of writing, as an import may have it: it belongs to every window. */
export const futureTag = '@future';

// The last twelve digits of an id are random: enough to narrow by, and the rows are checked by their columns.
export const tenantTag = (tenantId: string): string => `@t${tenantId.slice(-12)}`;
/** Also made in search_messages_v2. */
export const conversationTag = (conversationId: string): string => `@c${conversationId.slice(-12)}`;
export const senderTag = (userId: string): string => `@u${hash('sha256', userId, 'base64url').slice(0, 8)}`;

/** How many spans of time make one of the next length. */
export const spansPerSpan = 8;
/** Lengths of the spans of time that have a tag, in milliseconds: 68 minutes, 9 hours, 3 and 24 days. */
export const spansMs = [0, 1, 2, 3].map((level) => 4_096_000 * spansPerSpan ** level);

export const timeTag = (level: number, span: number): string => `@${level}.${span}`;

/** One tag for each length of span. */
export function timeTags(atMs: number): string[] {
  return spansMs.map((length, level) => timeTag(level, Math.max(0, Math.floor(atMs / length))));
}

/** A lexeme as it is written into a tsvector or tsquery. */
export function quoteLexeme(lexeme: string): string {
  return `'${lexeme.replaceAll(/['\\]/g, (character) => character + character)}'`;
}

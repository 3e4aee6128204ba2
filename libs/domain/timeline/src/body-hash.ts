import { createHmac } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Mention, MessageKind, MessageRef } from '@parley/contracts/wire';

/** What makes two sends of one clientMessageId the same message. */
export interface MessageBody {
  kind: MessageKind;
  text: string;
  replyTo?: MessageRef | undefined;
  threadRoot?: MessageRef | undefined;
  mentions?: Mention[] | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/**
 * HMAC-SHA256, in hex, of the RFC 8785 JSON of a message's body, with the tenant's key that never rotates: a retry next
 * year still finds its message, and the hash tells nothing of the text to somebody who reads the table.
 */
export function bodyHash(key: Buffer, body: MessageBody): string {
  return createHmac('sha256', key).update(canonicalBody(body)).digest('hex');
}

/** The fields in the order of their names, as RFC 8785 has them; strings and whole numbers are written as JSON writes them. */
export function canonicalBody({ kind, text, replyTo, threadRoot, mentions, metadata }: MessageBody): string {
  return (
    `{"kind":"${kind}","mentions":${canonicalOf(mentions) ?? '[]'},"metadata":${canonicalOf(metadata) ?? '{}'},` +
    `"replyTo":${replyTo?.seq ?? 'null'},"text":${JSON.stringify(text)},"threadRoot":${threadRoot?.seq ?? 'null'}}`
  );
}

/** Most messages have neither mentions nor metadata. */
function canonicalOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalize(value);
}

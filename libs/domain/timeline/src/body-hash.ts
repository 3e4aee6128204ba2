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
  const canonical = canonicalize({
    kind: body.kind,
    text: body.text,
    replyTo: body.replyTo?.seq ?? null,
    threadRoot: body.threadRoot?.seq ?? null,
    mentions: body.mentions ?? [],
    metadata: body.metadata ?? {},
  });
  return createHmac('sha256', key)
    .update(canonical ?? '')
    .digest('hex');
}

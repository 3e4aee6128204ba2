import type { Mention, MessageView } from '@parley/contracts/wire';
import type { SendInput } from './message.service';

/** Where and when the timeline stored a message. */
export interface StoredPlace {
  id: string;
  seq: number;
  at: Date;
}

/** Mentions with the fields alone that they have: what a request was read into may have more, without values. */
export function plainMentions(mentions: readonly Mention[]): Mention[] {
  return mentions.map(({ userId, role, group }) => ({
    ...(userId === undefined ? {} : { userId }),
    ...(role === undefined ? {} : { role }),
    ...(group === undefined ? {} : { group }),
  }));
}

/** A message that was stored this moment, as reading it would give it. */
export function sentMessageView(
  conversationId: string,
  sender: string,
  input: SendInput,
  { id, seq, at }: StoredPlace,
): MessageView {
  return {
    id,
    conversationId,
    seq,
    sender,
    clientMessageId: input.clientMessageId,
    kind: 'text',
    text: input.text,
    replyTo: input.replyTo === undefined ? null : { id: input.replyTo.id, seq: input.replyTo.seq },
    threadRoot:
      input.threadRoot === undefined ? null : { id: input.threadRoot.id, seq: input.threadRoot.seq },
    mentions: plainMentions(input.mentions ?? []),
    metadata: input.metadata ?? {},
    version: 1,
    at: at.toISOString(),
    imported: false,
    editedAt: null,
    deletedAt: null,
  };
}

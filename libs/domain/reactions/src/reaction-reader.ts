import { Injectable } from '@nestjs/common';
import type { MessageView, ReactionView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { reactionViews } from './reaction.functions';
import { reactionView } from './reaction.view';

/** Puts reactions into messages that are read. */
@Injectable()
export class ReactionReader {
  constructor(private readonly db: Db) {}

  /** The same messages, of one conversation, with their reactions as the actor sees them. */
  async added(actor: Actor, conversationId: string, messages: MessageView[]): Promise<MessageView[]> {
    if (messages.length === 0) return [];
    const seqs = messages.map(({ seq }) => seq);
    const rows = await this.db.hot.call(reactionViews, actor.tenantId, conversationId, actor.userId, seqs);
    const views = new Map<number, ReactionView[]>(seqs.map((seq) => [seq, []]));
    for (const row of rows) views.get(Number(row.message_seq))?.push(reactionView(row));
    return messages.map((message) => ({ ...message, reactions: views.get(message.seq) ?? [] }));
  }
}

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

  /** The same messages, also of different conversations, with their reactions as the actor sees them. */
  async added(actor: Actor, messages: MessageView[]): Promise<MessageView[]> {
    if (messages.length === 0) return [];
    const rows = await this.db.hot.call(
      reactionViews,
      actor.tenantId,
      actor.userId,
      messages.map(({ conversationId }) => conversationId),
      messages.map(({ seq }) => seq),
    );
    const views = new Map<string, ReactionView[]>();
    for (const row of rows) {
      const place = placeOf(row.conversation_id, row.message_seq);
      const known = views.get(place);
      if (known === undefined) views.set(place, [reactionView(row)]);
      else known.push(reactionView(row));
    }
    return messages.map((message) => ({
      ...message,
      reactions: views.get(placeOf(message.conversationId, message.seq)) ?? [],
    }));
  }
}

function placeOf(conversationId: string, seq: number | bigint): string {
  return `${conversationId} ${seq}`;
}

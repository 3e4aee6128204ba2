import { Injectable } from '@nestjs/common';
import { AppError, type ConversationView, type MessageView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import { Threads } from '@parley/domain/threads';
import { Timeline } from '@parley/domain/timeline';
import { conversationView } from './conversation.view';
import type { InboxRow } from './inbox.functions';
import { InboxRepository } from './inbox.repository';

/** Conversations as one of their participants sees them: the one way in which they are shown. */
@Injectable()
export class ConversationViews {
  constructor(
    private readonly repository: InboxRepository,
    private readonly timeline: Timeline,
    private readonly threads: Threads,
  ) {}

  /**
   * Those of these conversations that the actor may see, in the order of the ids; a server key that acts for nobody sees
   * all. `tx`: a transaction that may have made them.
   */
  async of(actor: Actor, ids: string[], tx: Tx | null = null): Promise<ConversationView[]> {
    const { tenantId, userId } = actor;
    const rows = await this.repository.find(tenantId, userId, ids, tx);
    const seen = rows.filter((row) => userId === null || row.user_id !== null);
    const lastMessages = await this.lastMessages(actor, seen);
    const views = new Map(
      seen.map((row) => [row.id, conversationView(row, lastMessages.get(row.id) ?? null)]),
    );
    return ids.flatMap((id) => views.get(id) ?? []);
  }

  /** @throws AppError `conversation.not_found` */
  async one(actor: Actor, id: string, tx: Tx | null = null): Promise<ConversationView> {
    const [view] = await this.of(actor, [id], tx);
    if (view === undefined) throw new AppError('conversation.not_found');
    return view;
  }

  private async lastMessages(actor: Actor, rows: InboxRow[]): Promise<Map<string, MessageView>> {
    const wanted = rows.flatMap(({ id, last_message_seq: seq }) =>
      seq === null ? [] : [{ conversationId: id, from: seq, to: seq }],
    );
    if (wanted.length === 0) return new Map();
    const events = await this.timeline.ranges(actor.tenantId, wanted, wanted.length);
    const messages = events.flatMap((event) => (event.type === 'message.created' ? [event.data] : []));
    const shown = await this.threads.shown(actor, messages);
    return new Map(shown.map((message) => [message.conversationId, message]));
  }
}

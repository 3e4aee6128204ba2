import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto } from '@parley/contracts/dto';
import {
  AppError,
  limits,
  type MessageView,
  type Page,
  type PinResult,
  type PinView,
  type UnpinResult,
} from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import {
  assertAllowed,
  assertChangeable,
  ConversationAccess,
  MessageAccess,
  type Changed,
  type LockedMessage,
} from '@parley/domain/participants';
import { Timeline } from '@parley/domain/timeline';
import { canPin } from './pin.policy';
import { PinRepository, type PinRow } from './pin.repository';

/** Pins messages in their conversations. */
@Injectable()
export class PinService {
  constructor(
    private readonly db: Db,
    private readonly messages: MessageAccess,
    private readonly access: ConversationAccess,
    private readonly timeline: Timeline,
    private readonly repository: PinRepository,
  ) {}

  /**
   * Pins a message; one that is pinned stays as it is.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `message.not_found`, `message.deleted`,
   * `pin.limit_reached`, `permission.denied`
   */
  async add(actor: Actor, conversationId: string, messageId: string): Promise<PinResult> {
    assertScope(actor, 'messages');
    return this.messages.change(actor, conversationId, messageId, async (tx, locked) => {
      assertAllowed(canPin(locked.standing, locked.rules.kind));
      assertChangeable(locked);
      const pinned = await this.repository.find(tx, conversationId, locked.message.seq);
      if (pinned !== null) return { answer: { pin: pinView(pinned, locked.message) }, events: [] };
      return this.pin(tx, actor, locked);
    });
  }

  /**
   * Takes a message from the pins.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `message.not_found`, `permission.denied`
   */
  async remove(actor: Actor, conversationId: string, messageId: string): Promise<UnpinResult> {
    assertScope(actor, 'messages');
    return this.messages.change<UnpinResult>(actor, conversationId, messageId, async (tx, locked) => {
      const { standing, rules, message } = locked;
      assertAllowed(canPin(standing, rules.kind));
      if (rules.status !== 'active') throw new AppError('conversation.closed');
      const removed = await this.repository.remove(tx, conversationId, message.seq);
      if (!removed) return { answer: { removed }, events: [] };
      const data = { messageId, messageSeq: message.seq };
      const events = await this.timeline.append(tx, conversationId, [
        { type: 'pin.removed', actor: actor.userId, data },
      ]);
      return { answer: { removed }, events };
    });
  }

  /** What is pinned, the newest pin first. @throws AppError `conversation.not_found`, `cursor.invalid` */
  async list(actor: Actor, conversationId: string, query: PageQueryDto): Promise<Page<PinView>> {
    assertScope(actor, 'messages');
    const before = decodeCursor(query.cursor, z.int().min(1));
    const limit = query.limit ?? limits.pageDefaultItems;
    const visible = await this.access.visibleSeqs(actor, conversationId);
    const rows = await this.db.tx(actor.tenantId, (tx) =>
      this.repository.list(tx, conversationId, visible, before, limit + 1),
    );
    const { data, page } = pageOf(rows, limit, ({ pinnedSeq }) => pinnedSeq);
    return { data: await this.views(actor.tenantId, conversationId, data), page };
  }

  private async pin(tx: Tx, actor: Actor, { message }: LockedMessage): Promise<Changed<PinResult>> {
    const { conversationId, id, seq } = message;
    if ((await this.repository.count(tx, conversationId)) >= limits.pinsPerConversation)
      throw new AppError('pin.limit_reached');
    const { event, at } = await this.timeline.appendOne(tx, conversationId, {
      type: 'pin.added',
      actor: actor.userId,
      data: { messageId: id, messageSeq: seq },
    });
    const row = { messageSeq: seq, pinnedSeq: event.seq, pinnedBy: actor.userId, pinnedAt: at };
    await this.repository.add(tx, conversationId, row);
    return { answer: { pin: pinView(row, message) }, events: [event] };
  }

  private async views(tenantId: string, conversationId: string, pins: PinRow[]): Promise<PinView[]> {
    if (pins.length === 0) return [];
    const places = pins.map(({ messageSeq }) => ({ conversationId, from: messageSeq, to: messageSeq }));
    const events = await this.timeline.ranges(tenantId, places, places.length);
    const messages = new Map(
      events.flatMap((event) => (event.type === 'message.created' ? [[event.seq, event.data]] : [])),
    );
    return pins.flatMap((pin) => {
      const message = messages.get(pin.messageSeq);
      // Deleted between the two reads: it is no longer pinned.
      return message === undefined || message.deletedAt !== null ? [] : [pinView(pin, message)];
    });
  }
}

function pinView({ pinnedBy, pinnedAt }: PinRow, message: MessageView): PinView {
  const { id: messageId, seq: messageSeq } = message;
  return { messageId, messageSeq, pinnedBy, pinnedAt: pinnedAt.toISOString(), message };
}

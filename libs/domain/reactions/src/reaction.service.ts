import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ReactionPageQueryDto } from '@parley/contracts/dto';
import {
  AppError,
  limits,
  type Page,
  type ReactionEntryView,
  type ReactionResult,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { assertAllowed, assertChangeable, MessageAccess } from '@parley/domain/participants';
import { Timeline, type NewChange } from '@parley/domain/timeline';
import { canReact } from './reaction.policy';
import { ReactionRepository, type ReactionCursor, type WrittenReaction } from './reaction.repository';

const cursorSchema: z.ZodType<ReactionCursor> = z.tuple([z.string(), z.string()]);

/** Lets users react to messages. */
@Injectable()
export class ReactionService {
  constructor(
    private readonly messages: MessageAccess,
    private readonly timeline: Timeline,
    private readonly repository: ReactionRepository,
  ) {}

  /**
   * Adds a reaction; once more with the same key changes nothing.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `message.not_found`, `message.deleted`,
   * `reaction.limit_reached`, `actor.required`
   */
  add(actor: Actor, conversationId: string, messageId: string, key: string): Promise<ReactionResult> {
    return this.write(actor, conversationId, messageId, { key, add: true });
  }

  /** Takes a reaction back; where there is none, nothing changes. @throws AppError as `add` */
  remove(actor: Actor, conversationId: string, messageId: string, key: string): Promise<ReactionResult> {
    return this.write(actor, conversationId, messageId, { key, add: false });
  }

  /** Who reacted, by key and user. @throws AppError `conversation.not_found`, `message.not_found`, `cursor.invalid` */
  async list(
    actor: Actor,
    conversationId: string,
    messageId: string,
    query: ReactionPageQueryDto,
  ): Promise<Page<ReactionEntryView>> {
    assertScope(actor, 'messages');
    const after = decodeCursor(query.cursor, cursorSchema);
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.messages.read(actor, conversationId, messageId, (tx, message) =>
      this.repository.list(tx, message, query.key ?? null, after, limit + 1),
    );
    return pageOf(rows, limit, ({ key, userId }): ReactionCursor => [key, userId]);
  }

  private async write(
    actor: Actor,
    conversationId: string,
    messageId: string,
    reaction: { key: string; add: boolean },
  ): Promise<ReactionResult> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    return this.messages.change(actor, conversationId, messageId, async (tx, locked) => {
      const { message, rules, head, standing } = locked;
      assertAllowed(canReact(standing));
      assertChangeable(locked);
      const written = await this.repository.write(
        tx,
        message,
        { userId, ...reaction },
        { mode: rules.reactionMode, nextSeq: head.lastSeq + 1 },
      );
      if (written.some(({ outcome }) => outcome === 'full')) throw new AppError('reaction.limit_reached');
      const changes = written.map((each) => changeOf(each, userId, { messageId, messageSeq: message.seq }));
      const events = changes.length === 0 ? [] : await this.timeline.append(tx, conversationId, changes);
      return { answer: { reactions: await this.repository.views(tx, message, userId) }, events };
    });
  }
}

function changeOf(
  { outcome, key, count }: WrittenReaction,
  actor: string,
  target: { messageId: string; messageSeq: number },
): NewChange {
  const type = outcome === 'added' ? 'reaction.added' : 'reaction.removed';
  return { type, actor, data: { ...target, key, count } };
}

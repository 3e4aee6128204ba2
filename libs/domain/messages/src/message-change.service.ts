import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { EditMessageDto } from '@parley/contracts/dto';
import {
  AppError,
  type DeleteResult,
  type EditResult,
  type MessageSettings,
  type MessageView,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { Publisher } from '@parley/platform/realtime';
import { assertAllowed, ConversationAccess, type LockedConversation } from '@parley/domain/participants';
import { TenantService } from '@parley/domain/tenants';
import { Timeline, type ChangedMessage, type MessageContent } from '@parley/domain/timeline';
import { canDelete, canEdit } from './message.policy';

/** Edits messages and deletes them. */
@Injectable()
export class MessageChangeService {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly access: ConversationAccess,
    private readonly tenants: TenantService,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Gives a message of one's own other content; what is absent stays, and what is so already is no change.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `message.not_found`, `message.deleted`,
   * `message.version_stale`, `message.edit_window_over`, `permission.denied`, `actor.required`, `request.invalid`
   */
  async edit(
    actor: Actor,
    conversationId: string,
    messageId: string,
    input: EditMessageDto,
  ): Promise<EditResult> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    assertNamesSomething(input);
    const settings = await this.tenants.messageSettings(actor.tenantId);
    return this.write(actor, conversationId, messageId, async (tx, locked, message) => {
      assertAllowed(canEdit({ own: message.sender === userId }, message));
      if (message.deletedAt !== null) throw new AppError('message.deleted');
      if (locked.rules.status !== 'active') throw new AppError('conversation.closed');
      const content = changedContent(message, input);
      // Before the version: a repeat whose first answer was lost finds its own edit.
      if (isSame(message, content)) return { message, events: [] };
      if (input.version !== undefined && input.version !== message.version)
        throw new AppError('message.version_stale');
      assertInWindow(message, settings);
      return this.timeline.edit(tx, message, content, userId);
    });
  }

  /**
   * Makes a message a tombstone; one that is a tombstone already stays as it is.
   * @throws AppError `conversation.not_found`, `message.not_found`, `permission.denied`
   */
  async delete(actor: Actor, conversationId: string, messageId: string): Promise<DeleteResult> {
    assertScope(actor, 'messages');
    const { deletedTextRetentionDays } = await this.tenants.messageSettings(actor.tenantId);
    return this.write(actor, conversationId, messageId, async (tx, { standing, rules }, message) => {
      const moderator = await this.access.moderates(tx, actor);
      const own = message.sender === actor.userId;
      assertAllowed(canDelete({ standing, kind: rules.kind, own, moderator }, message));
      if (message.deletedAt !== null) return { message, events: [] };
      return this.timeline.delete(tx, message, deletedTextRetentionDays, actor.userId);
    });
  }

  private async write(
    actor: Actor,
    conversationId: string,
    messageId: string,
    change: (tx: Tx, locked: LockedConversation, message: MessageView) => Promise<ChangedMessage>,
  ): Promise<{ message: MessageView }> {
    const { message, events } = await this.db.tx(actor.tenantId, async (tx) => {
      const locked = await this.access.lock(tx, actor, conversationId);
      const found = await this.timeline.findIn(tx, conversationId, messageId);
      if (found === null || found.seq < locked.visible.from) throw new AppError('message.not_found');
      return change(tx, locked, found);
    });
    this.publisher.publish(events);
    return { message };
  }
}

function changedContent(message: MessageView, input: EditMessageDto): MessageContent {
  return {
    text: input.text ?? message.text,
    mentions: input.mentions?.map(({ userId }) => ({ userId })) ?? message.mentions,
    metadata: input.metadata ?? message.metadata,
  };
}

function isSame({ text, mentions, metadata }: MessageView, content: MessageContent): boolean {
  return canonicalize({ text, mentions, metadata }) === canonicalize(content);
}

function assertNamesSomething({ text, mentions, metadata }: EditMessageDto): void {
  if (text !== undefined || mentions !== undefined || metadata !== undefined) return;
  const issues = [{ path: 'text', message: 'one of text, mentions and metadata must be given' }];
  throw new AppError('request.invalid', { issues });
}

function assertInWindow({ at }: MessageView, { editWindowMinutes }: MessageSettings): void {
  if (editWindowMinutes === null) return;
  if (Date.now() - Date.parse(at) > editWindowMinutes * 60_000)
    throw new AppError('message.edit_window_over');
}

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
import { recordAct } from '@parley/domain/audit';
import {
  assertAllowed,
  assertChangeable,
  canPost,
  ConversationAccess,
  MessageAccess,
  type LockedMessage,
} from '@parley/domain/participants';
import { TenantService } from '@parley/domain/tenants';
import { Timeline, type MessageContent } from '@parley/domain/timeline';
import { canMentionGroup, namesGroup } from './mention.policy';
import { MessageMarks } from './message-marks';
import { canDelete, canEdit } from './message.policy';
import { plainMentions } from './message.view';

/** Edits messages and deletes them. */
@Injectable()
export class MessageChangeService {
  constructor(
    private readonly messages: MessageAccess,
    private readonly access: ConversationAccess,
    private readonly timeline: Timeline,
    private readonly tenants: TenantService,
    private readonly marks: MessageMarks,
  ) {}

  /**
   * Gives a message of one's own other content; what is absent stays, and what is so already is no change.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `message.not_found`, `message.deleted`,
   * `message.posting_denied`, `message.mention_denied`, `message.version_stale`, `message.edit_window_over`, `user.blocked`,
   * `permission.denied`, `actor.required`, `request.invalid`
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
    return this.messages.change(actor, conversationId, messageId, async (tx, locked) => {
      const { message } = locked;
      assertAllowed(canEdit({ own: message.sender === userId }, message));
      assertChangeable(locked);
      if (!canPost(locked.standing, locked.rules.posting)) throw new AppError('message.posting_denied');
      assertMentions(locked, input);
      const content = changedContent(message, input);
      // Before the version: a repeat whose first answer was lost finds its own edit.
      if (isSame(message, content)) return { answer: { message }, events: [] };
      if (input.version !== undefined && input.version !== message.version)
        throw new AppError('message.version_stale');
      assertInWindow(message, settings);
      const changed = await this.timeline.edit(tx, message, content, userId);
      return { answer: { message: changed.message }, events: changed.events };
    });
  }

  /**
   * Makes a message a tombstone, without reactions and pin; one that is a tombstone already stays as it is. Also in a
   * closed conversation.
   * @throws AppError `conversation.not_found`, `message.not_found`, `permission.denied`
   */
  async delete(actor: Actor, conversationId: string, messageId: string): Promise<DeleteResult> {
    assertScope(actor, 'messages');
    const { deletedTextRetentionDays } = await this.tenants.messageSettings(actor.tenantId);
    const deleted = await this.messages.change(
      actor,
      conversationId,
      messageId,
      async (tx, { standing, rules, message }) => {
        const moderator = await this.access.moderates(tx, actor);
        const own = message.sender === actor.userId;
        assertAllowed(canDelete({ standing, kind: rules.kind, own, moderator }, message));
        if (message.deletedAt !== null) return { answer: { message }, events: [] };
        const changed = await this.timeline.delete(tx, message, deletedTextRetentionDays, actor.userId);
        await this.marks.clear(tx, message);
        if (!own) {
          const details = { messageSeq: message.seq, sender: message.sender };
          await recordAct(tx, actor, {
            action: 'message.delete',
            target: messageId,
            conversationId,
            details,
          });
        }
        return { answer: { message: changed.message }, events: changed.events };
      },
    );
    this.marks.gone(actor.tenantId, deleted.message);
    return deleted;
  }
}

function changedContent(message: MessageView, input: EditMessageDto): MessageContent {
  return {
    text: input.text ?? message.text,
    mentions: input.mentions === undefined ? message.mentions : plainMentions(input.mentions),
    metadata: input.metadata ?? message.metadata,
  };
}

function assertMentions({ standing, rules }: LockedMessage, { mentions }: EditMessageDto): void {
  if (mentions !== undefined && namesGroup(mentions) && !canMentionGroup(standing, rules.kind))
    throw new AppError('message.mention_denied');
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

import { Injectable } from '@nestjs/common';
import type { MessagePageQueryDto } from '@parley/contracts/dto';
import {
  AppError,
  type MessagePage,
  type MessageSendInput,
  type MessageView,
  type SendResult,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess, type VisibleSeqs } from '@parley/domain/participants';
import { TenantService } from '@parley/domain/tenants';
import { Threads } from '@parley/domain/threads';
import { bodyHash, busEvent, messageCreated, Timeline, type SendOutcome } from '@parley/domain/timeline';
import { messagePage, pageReads, type PageRead } from './message-page';
import { plainMentions, sentMessageView } from './message.view';
import { refusalOf } from './send-refusal';

export type SendInput = Omit<MessageSendInput, 'conversationId'>;

/** Sends messages and reads them. */
@Injectable()
export class MessageService {
  constructor(
    private readonly timeline: Timeline,
    private readonly access: ConversationAccess,
    private readonly tenants: TenantService,
    private readonly publisher: Publisher,
    private readonly threads: Threads,
  ) {}

  /** To be asked before anything is spent on a message. @throws AppError `service.overloaded` */
  assertRoom(conversationId: string): void {
    this.timeline.assertRoom(conversationId);
  }

  /**
   * Stores one message and resolves after the commit. A repeat of a `clientMessageId` gets the first message.
   * @throws AppError `conversation.not_found`, `conversation.closed`, `user.blocked`, `message.posting_denied`,
   * `message.mention_denied`, `message.slow_mode`, `message.key_conflict`, `message.reply_not_found`, `actor.required`, `outcome.unknown`,
   * `service.overloaded`, `service.unavailable`
   */
  async send(actor: Actor, conversationId: string, input: SendInput): Promise<SendResult> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const { tenantId } = actor;
    const key = await this.tenants.bodyHashKey(tenantId);
    const mentions = input.mentions === undefined ? undefined : plainMentions(input.mentions);
    const outcome = await this.timeline.send(tenantId, {
      c: conversationId,
      s: userId,
      k: input.clientMessageId,
      h: bodyHash(key, { kind: 'text', ...input, mentions }),
      kind: 'text',
      t: input.text,
      rs: input.replyTo?.seq,
      ri: input.replyTo?.id,
      ts: input.threadRoot?.seq,
      ti: input.threadRoot?.id,
      m: mentions,
      md: input.metadata,
    });
    const result = await this.result(tenantId, userId, conversationId, input, outcome);
    if (!result.duplicate) this.publisher.publish([busEvent(tenantId, messageCreated(result.message))]);
    const { threadRoot } = result.message;
    // Not waited for: followers learn it from heads, too.
    if (!result.duplicate && threadRoot !== null)
      void this.threads.tell(tenantId, { conversationId, ...threadRoot });
    return result;
  }

  /**
   * A page of history around any place; the newest messages when the query names none.
   * @throws AppError `conversation.not_found`, `request.invalid`
   */
  async page(actor: Actor, conversationId: string, query: MessagePageQueryDto): Promise<MessagePage> {
    assertScope(actor, 'messages');
    const visible = await this.access.visibleSeqs(actor, conversationId);
    return this.read(actor, conversationId, query, visible);
  }

  /** @throws AppError `conversation.not_found`, `message.not_found` */
  async get(actor: Actor, conversationId: string, messageId: string): Promise<MessageView> {
    assertScope(actor, 'messages');
    const visible = await this.access.visibleSeqs(actor, conversationId);
    const message = await this.visibleMessage(actor, conversationId, messageId, visible);
    const [view = message] = await this.threads.shown(actor, [message]);
    return view;
  }

  /** The conversation of a message, by the message's id alone. @throws AppError `message.not_found` */
  async locate(actor: Actor, messageId: string): Promise<{ conversationId: string }> {
    assertScope(actor, 'messages');
    const place = await this.timeline.locate(actor.tenantId, messageId);
    if (place === null) throw new AppError('message.not_found');
    const { conversationId, seq } = place;
    if (actor.userId === null) {
      await this.access.visibleSeqs(actor, conversationId);
      return { conversationId };
    }
    // Not by `visibleSeqs`: what may not be seen must not be told apart from what is not there.
    const [access] = await this.timeline.access(actor.tenantId, actor.userId, [conversationId]);
    if (access === undefined || seq < access.visibleFrom || seq > (access.leftSeq ?? seq))
      throw new AppError('message.not_found');
    return { conversationId };
  }

  /** A page of the replies in a message's thread. @throws AppError `conversation.not_found`, `message.not_found` */
  async thread(
    actor: Actor,
    conversationId: string,
    messageId: string,
    query: MessagePageQueryDto,
  ): Promise<MessagePage> {
    assertScope(actor, 'messages');
    const visible = await this.access.visibleSeqs(actor, conversationId);
    const root = await this.visibleMessage(actor, conversationId, messageId, visible);
    return this.read(actor, conversationId, query, { ...visible, from: root.seq + 1 }, root.seq);
  }

  private async result(
    tenantId: string,
    sender: string,
    conversationId: string,
    input: SendInput,
    outcome: SendOutcome,
  ): Promise<SendResult> {
    switch (outcome.outcome) {
      case 'created': {
        const { id, seq, at } = outcome;
        if (id === null || seq === null || at === null)
          throw new RangeError('a created message has no place');
        return { message: sentMessageView(conversationId, sender, input, { id, seq, at }), duplicate: false };
      }
      case 'duplicate': {
        const message = await this.timeline.find(tenantId, conversationId, outcome.id ?? '');
        if (message === null) throw new RangeError('a duplicate has no first message');
        // Stored by an attempt whose answer was lost on the way to this process: nobody has been told of it yet.
        return { message, duplicate: !outcome.repeated };
      }
      default:
        throw refusalOf(outcome.outcome, outcome.at, input);
    }
  }

  private async visibleMessage(
    { tenantId }: Actor,
    conversationId: string,
    messageId: string,
    visible: VisibleSeqs,
  ): Promise<MessageView> {
    const message = await this.timeline.find(tenantId, conversationId, messageId);
    if (message === null || message.seq < visible.from || message.seq > visible.to) {
      throw new AppError('message.not_found');
    }
    return message;
  }

  private async read(
    actor: Actor,
    conversationId: string,
    query: MessagePageQueryDto,
    visible: VisibleSeqs,
    threadRoot?: number,
  ): Promise<MessagePage> {
    const reads = pageReads(query, visible);
    const page = (read: PageRead | undefined): Promise<MessageView[]> | [] =>
      read === undefined
        ? []
        : this.timeline.page(actor.tenantId, conversationId, {
            ...read,
            ...(threadRoot === undefined ? {} : { threadRoot }),
          });
    const [older, newer] = await Promise.all([page(reads.older), page(reads.newer)]);
    const read = messagePage(reads, { older, newer }, visible);
    return { ...read, data: await this.threads.shown(actor, read.data) };
  }
}

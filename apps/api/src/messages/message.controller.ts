import { Body, Controller, Get, Headers, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MessagePageQueryDto, SendMessageDto } from '@parley/contracts/dto';
import type { MessagePage, MessageView, SendResult } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { Limits } from '@parley/domain/limits';
import { MessageService, SendCount } from '@parley/domain/messages';
import { answer } from '../http/answer';
import { IdParam } from '../http/params';
import { tellLimit } from '../limits/limit-headers';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, Section, wire } from '../openapi/operation';
import { sendKey } from './send-key';

@Section('Messages')
@Controller('v1/conversations/:conversationId/messages')
export class MessageController {
  constructor(
    private readonly messages: MessageService,
    private readonly limits: Limits,
    private readonly sends: SendCount,
  ) {}

  @Post()
  @Limited('send')
  @Documented({
    id: 'sendMessage',
    summary: 'Send a message',
    description:
      '`clientMessageId` names the message for ever: the same request again gets the first message, with 200 and ' +
      '`duplicate: true`. Another body under the same name is `message.key_conflict`.',
    scope: 'messages',
    headers: { 'Idempotency-Key': 'Another spelling of clientMessageId.' },
    body: SendMessageDto,
    example: { clientMessageId: 'b4d1c0de-0001', text: 'Hello!' },
    answers: { 201: wire('SendResult'), 200: wire('SendResult') },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'conversation.busy',
      'user.blocked',
      'message.posting_denied',
      'message.mention_denied',
      'message.slow_mode',
      'message.key_conflict',
      'message.reply_not_found',
      'actor.required',
      'outcome.unknown',
      'service.overloaded',
    ],
  })
  async send(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() body: SendMessageDto,
    @Headers('idempotency-key') header: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SendResult> {
    const input = { ...body, clientMessageId: sendKey(body.clientMessageId, header) };
    const result = await this.sends.count(() => {
      this.messages.assertRoom(conversationId);
      return this.limits.send(
        actor,
        () => this.messages.send(actor, conversationId, input),
        (view) => tellLimit(response, view),
      );
    });
    return answer(response, result.duplicate ? 200 : 201, result);
  }

  @Get()
  @Documented({
    id: 'listMessages',
    summary: 'Read the history, at any place',
    description:
      'At most one of `before`, `after` and `around`, each a seq; without them the newest messages. The messages of a page ' +
      'are always in the order of the timeline. Former participants read up to their leaving.',
    scope: 'messages',
    query: MessagePageQueryDto,
    answers: { 200: wire('MessagePage') },
    errors: ['conversation.not_found'],
  })
  page(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: MessagePageQueryDto,
  ): Promise<MessagePage> {
    return this.messages.page(actor, conversationId, query);
  }

  @Get(':messageId')
  @Documented({
    id: 'getMessage',
    summary: 'Get a message',
    scope: 'messages',
    answers: { 200: wire('MessageView') },
    errors: ['conversation.not_found', 'message.not_found'],
  })
  get(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<MessageView> {
    return this.messages.get(actor, conversationId, messageId);
  }

  @Get(':messageId/thread')
  @Documented({
    id: 'listThread',
    summary: 'Read the replies of a message’s thread',
    scope: 'messages',
    query: MessagePageQueryDto,
    answers: { 200: wire('MessagePage') },
    errors: ['conversation.not_found', 'message.not_found'],
  })
  thread(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Query() query: MessagePageQueryDto,
  ): Promise<MessagePage> {
    return this.messages.thread(actor, conversationId, messageId, query);
  }
}

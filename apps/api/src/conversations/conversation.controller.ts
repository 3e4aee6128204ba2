import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import {
  ConversationPageQueryDto,
  CreateConversationDto,
  UpdateConversationDto,
} from '@parley/contracts/dto';
import type { ConversationView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import {
  ConversationDeletionService,
  ConversationService,
  ConversationSettingsService,
} from '@parley/domain/conversations';
import { InboxService } from '@parley/domain/inbox';
import { IdParam } from '../http/params';
import { answer } from '../http/answer';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Conversations')
@Controller('v1/conversations')
export class ConversationController {
  constructor(
    private readonly conversations: ConversationService,
    private readonly inbox: InboxService,
    private readonly settings: ConversationSettingsService,
    private readonly deletion: ConversationDeletionService,
  ) {}

  @Post()
  @Documented({
    id: 'createConversation',
    summary: 'Create a conversation, or find the one that exists',
    description:
      'The caller becomes its owner. A direct conversation exists once for its two users (and subject); others too where ' +
      '`distinct` is true. One that exists comes back with 200.',
    scope: 'conversations',
    body: CreateConversationDto,
    example: { kind: 'group', title: 'Launch', participants: [{ userId: 'grace' }] },
    answers: { 201: wire('ConversationView'), 200: wire('ConversationView') },
    errors: ['conversation.not_found', 'conversation.busy', 'user.blocked'],
  })
  async create(
    @CurrentActor() actor: Actor,
    @Body() input: CreateConversationDto,
    @UnderKey() once: Once,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConversationView> {
    const { conversation, created } = await this.conversations.create(actor, input, once);
    return answer(response, created ? 201 : 200, conversation);
  }

  @Get()
  @Documented({
    id: 'listConversations',
    summary: 'List your conversations, the last active first',
    description:
      'With the newest message and what is unread of each. A filter that is absent lets everything pass, but for hidden ' +
      'conversations: they come alone, with `hidden=true`. `q` is a part of the title, in any case.',
    scope: 'conversations',
    query: ConversationPageQueryDto,
    answers: { 200: pageOf(wire('ConversationView')) },
    errors: ['cursor.invalid', 'actor.required'],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query() query: ConversationPageQueryDto,
  ): Promise<Page<ConversationView>> {
    return this.inbox.list(actor, query);
  }

  @Get(':conversationId')
  @Documented({
    id: 'getConversation',
    summary: 'Get a conversation',
    scope: 'conversations',
    answers: { 200: wire('ConversationView') },
    errors: ['conversation.not_found'],
  })
  get(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
  ): Promise<ConversationView> {
    return this.conversations.get(actor, conversationId);
  }

  @Patch(':conversationId')
  @Documented({
    id: 'updateConversation',
    summary: 'Change a conversation, close it or open it again',
    description:
      'For owners and admins; a direct conversation is changed by server keys alone. Absent fields stay, null clears a title ' +
      'or subject. `history` holds for those who join from now on. `settings.posting` says who may send and edit; in slow mode ' +
      'members and guests wait so many seconds between two messages. A closed conversation is read and not written.',
    scope: 'conversations',
    body: UpdateConversationDto,
    example: { title: 'Launch day', settings: { posting: 'admins', slowModeSeconds: 30 } },
    answers: { 200: wire('ConversationView') },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'conversation.busy',
      'conversation.distinct_fixed',
      'permission.denied',
    ],
  })
  update(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() input: UpdateConversationDto,
  ): Promise<ConversationView> {
    return this.settings.update(actor, conversationId, input);
  }

  @Delete(':conversationId')
  @Documented({
    id: 'deleteConversation',
    summary: 'Delete a conversation for all',
    description:
      'For its owners; a direct one is deleted by server keys alone. Everybody is out at once (beyond 5,000 participants ' +
      'within seconds) and for each later request there is no such conversation. Title, subject and metadata are erased with ' +
      'it; messages and all that belongs to them follow in pieces, within minutes. To leave, or to hide it for yourself, use ' +
      'your participation.',
    scope: 'conversations',
    answers: { 204: null },
    errors: ['conversation.not_found', 'conversation.busy', 'permission.denied'],
  })
  delete(@CurrentActor() actor: Actor, @IdParam('conversationId') conversationId: string): Promise<void> {
    return this.deletion.delete(actor, conversationId);
  }
}

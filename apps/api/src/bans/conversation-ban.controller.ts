import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { CreateBanDto, PageQueryDto } from '@parley/contracts/dto';
import type { BanView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { BanService } from '@parley/domain/participants';
import { IdParam, UserIdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Participants')
@Controller('v1/conversations/:conversationId/bans')
export class ConversationBanController {
  constructor(private readonly bans: BanService) {}

  @Get()
  @Documented({
    id: 'listConversationBans',
    summary: 'List whom a conversation keeps out',
    scope: 'conversations',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('BanView')) },
    errors: ['conversation.not_found', 'permission.denied', 'cursor.invalid'],
  })
  list(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<BanView>> {
    return this.bans.list(actor, conversationId, query);
  }

  @Post()
  @Documented({
    id: 'banFromConversation',
    summary: 'Ban a user from a conversation',
    description:
      'Takes the user out, where it is in, and lets nobody bring it back until the ban ends or is lifted. For owners, admins ' +
      'and moderators of the tenant that take part; only owners ban owners. A new ban takes the place of the one before it.',
    scope: 'conversations',
    body: CreateBanDto,
    example: { userId: 'mallory', reason: 'spam', until: '2030-01-01T00:00:00Z' },
    answers: { 200: wire('BanView') },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'participant.direct_fixed',
      'permission.denied',
      'user.not_found',
    ],
  })
  ban(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() input: CreateBanDto,
    @UnderKey() once: Once,
  ): Promise<BanView> {
    return this.bans.ban(actor, conversationId, input, once);
  }

  @Delete(':userId')
  @Documented({
    id: 'liftConversationBan',
    summary: 'Lift a ban from a conversation',
    description: 'The user is not brought back by it: it may be added or join again.',
    scope: 'conversations',
    answers: { 204: null },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'permission.denied',
      'ban.not_found',
      'actor.required',
    ],
  })
  lift(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UserIdParam() userId: string,
  ): Promise<void> {
    return this.bans.lift(actor, conversationId, userId);
  }
}

import { Controller, Get, Post, Query } from '@nestjs/common';
import { ChannelPageQueryDto } from '@parley/contracts/dto';
import type { ChannelView, Page, ParticipantView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { ChannelService } from '@parley/domain/conversations';
import { JoinService } from '@parley/domain/participants';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, object, pageOf, Section, wire } from '../openapi/operation';

@Section('Conversations')
@Controller('v1')
export class ChannelController {
  constructor(
    private readonly channels: ChannelService,
    private readonly joins: JoinService,
  ) {}

  @Get('channels')
  @Documented({
    id: 'listChannels',
    summary: 'List the conversations that anybody in the tenant may join, the newest first',
    description: 'Those of visibility `tenant` that are not closed. `q` is a part of the title, in any case.',
    scope: 'conversations',
    query: ChannelPageQueryDto,
    answers: { 200: pageOf(wire('ChannelView')) },
    errors: ['cursor.invalid'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: ChannelPageQueryDto): Promise<Page<ChannelView>> {
    return this.channels.list(actor, query);
  }

  @Post('conversations/:conversationId/join')
  @Documented({
    id: 'joinConversation',
    summary: 'Join a conversation that anybody may join',
    description:
      'As a member. Who is in already stays as it is; leaving is `DELETE …/participants/me`. One that is private is not found.',
    scope: 'conversations',
    answers: { 200: object({ participant: wire('ParticipantView') }) },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'conversation.busy',
      'participant.banned',
      'actor.required',
    ],
  })
  join(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UnderKey() once: Once,
  ): Promise<{ participant: ParticipantView }> {
    return this.joins.join(actor, conversationId, once);
  }
}

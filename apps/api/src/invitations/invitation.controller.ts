import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { CreateInvitationDto, PageQueryDto } from '@parley/contracts/dto';
import type { InvitationView, Page, ParticipantView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { InvitationService, JoinService } from '@parley/domain/participants';
import { IdParam, UserIdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, object, pageOf, Section, wire } from '../openapi/operation';

@Section('Invitations')
@Controller('v1')
export class InvitationController {
  constructor(
    private readonly invitations: InvitationService,
    private readonly joins: JoinService,
  ) {}

  @Get('invitations')
  @Documented({
    id: 'listInvitations',
    summary: 'List your own open invitations',
    description: '`invitation.updated` tells of changes; list them after each connect.',
    scope: 'conversations',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('InvitationView')) },
    errors: ['cursor.invalid', 'actor.required'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: PageQueryDto): Promise<Page<InvitationView>> {
    return this.invitations.list(actor, query);
  }

  @Post('invitations/:conversationId/accept')
  @Documented({
    id: 'acceptInvitation',
    summary: 'Accept an invitation',
    scope: 'conversations',
    answers: { 200: object({ participant: wire('ParticipantView') }) },
    errors: [
      'invitation.not_found',
      'conversation.closed',
      'conversation.busy',
      'participant.banned',
      'actor.required',
    ],
  })
  accept(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UnderKey() once: Once,
  ): Promise<{ participant: ParticipantView }> {
    return this.joins.accept(actor, conversationId, once);
  }

  @Delete('invitations/:conversationId')
  @Documented({
    id: 'declineInvitation',
    summary: 'Decline an invitation',
    scope: 'conversations',
    answers: { 204: null },
    errors: ['invitation.not_found', 'actor.required'],
  })
  decline(@CurrentActor() actor: Actor, @IdParam('conversationId') conversationId: string): Promise<void> {
    return this.invitations.decline(actor, conversationId);
  }

  @Get('conversations/:conversationId/invitations')
  @Documented({
    id: 'listConversationInvitations',
    summary: 'List the open invitations to a conversation',
    scope: 'conversations',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('InvitationView')) },
    errors: ['conversation.not_found', 'permission.denied', 'cursor.invalid'],
  })
  listOf(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<InvitationView>> {
    return this.invitations.listOf(actor, conversationId, query);
  }

  @Post('conversations/:conversationId/invitations')
  @Documented({
    id: 'createInvitation',
    summary: 'Invite a user to a conversation',
    description:
      'Who may add somebody in the role may invite. A new invitation takes the place of the one before it.',
    scope: 'conversations',
    body: CreateInvitationDto,
    example: { userId: 'grace', expiresInSeconds: 86_400 },
    answers: { 200: wire('InvitationView') },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'conversation.busy',
      'participant.direct_fixed',
      'participant.present',
      'participant.banned',
      'permission.denied',
      'user.not_found',
    ],
  })
  invite(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() input: CreateInvitationDto,
    @UnderKey() once: Once,
  ): Promise<InvitationView> {
    return this.invitations.invite(actor, conversationId, input, once);
  }

  @Delete('conversations/:conversationId/invitations/:userId')
  @Documented({
    id: 'revokeInvitation',
    summary: 'Take an invitation back',
    scope: 'conversations',
    answers: { 204: null },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'permission.denied',
      'invitation.not_found',
      'actor.required',
    ],
  })
  revoke(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UserIdParam() userId: string,
  ): Promise<void> {
    return this.invitations.revoke(actor, conversationId, userId);
  }
}

import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { AddParticipantsDto, PageQueryDto, UpdateParticipantDto } from '@parley/contracts/dto';
import type { Page, ParticipantView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { ParticipantService } from '@parley/domain/participants';
import { IdParam, UserIdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, listOf, object, pageOf, Section, wire } from '../openapi/operation';

@Section('Participants')
@Controller('v1/conversations/:conversationId/participants')
export class ParticipantController {
  constructor(private readonly participants: ParticipantService) {}

  @Get()
  @Documented({
    id: 'listParticipants',
    summary: 'List the participants of a conversation',
    scope: 'conversations',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('ParticipantView')) },
    errors: ['conversation.not_found', 'cursor.invalid'],
  })
  list(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<ParticipantView>> {
    return this.participants.list(actor, conversationId, query);
  }

  @Post()
  @Documented({
    id: 'addParticipants',
    summary: 'Add participants',
    description: 'Owners add anybody, admins add members and guests. Who is in already stays as it is.',
    scope: 'conversations',
    body: AddParticipantsDto,
    example: { participants: [{ userId: 'linus', label: 'artist' }] },
    answers: { 200: object({ participants: listOf(wire('ParticipantView')) }) },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'conversation.busy',
      'participant.direct_fixed',
      'participant.banned',
      'permission.denied',
    ],
  })
  add(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() input: AddParticipantsDto,
    @UnderKey() once: Once,
  ): Promise<{ participants: ParticipantView[] }> {
    return this.participants.add(actor, conversationId, input.participants, once);
  }

  @Patch(':userId')
  @Documented({
    id: 'updateParticipant',
    summary: 'Change the role or label of a participant',
    description: 'Owners change both; admins change labels, but not those of owners.',
    scope: 'conversations',
    body: UpdateParticipantDto,
    example: { role: 'admin' },
    answers: { 200: object({ participant: wire('ParticipantView') }) },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'participant.not_found',
      'participant.last_owner',
      'permission.denied',
      'actor.required',
    ],
  })
  update(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UserIdParam() userId: string,
    @Body() input: UpdateParticipantDto,
  ): Promise<{ participant: ParticipantView }> {
    return this.participants.update(actor, conversationId, userId, input);
  }

  @Delete(':userId')
  @Documented({
    id: 'removeParticipant',
    summary: 'Remove a participant, or leave',
    description: 'Everybody may leave. Owners remove anybody, admins anybody but owners.',
    scope: 'conversations',
    answers: { 200: object({ participant: wire('ParticipantView') }) },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'participant.not_found',
      'participant.direct_fixed',
      'participant.last_owner',
      'permission.denied',
      'actor.required',
    ],
  })
  remove(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UserIdParam() userId: string,
  ): Promise<{ participant: ParticipantView }> {
    return this.participants.remove(actor, conversationId, userId);
  }
}

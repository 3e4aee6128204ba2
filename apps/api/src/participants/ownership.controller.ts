import { Body, Controller, Post } from '@nestjs/common';
import { TransferConversationDto } from '@parley/contracts/dto';
import type { ParticipantView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { OwnershipService } from '@parley/domain/participants';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, listOf, object, Section, wire } from '../openapi/operation';

@Section('Participants')
@Controller('v1/conversations/:conversationId')
export class OwnershipController {
  constructor(private readonly ownership: OwnershipService) {}

  @Post('transfer')
  @Documented({
    id: 'transferConversation',
    summary: 'Hand a conversation over to another participant',
    description:
      'The participant becomes its owner, and the owner who asks an admin, at once. For a server key that acts for nobody all ' +
      'other owners become admins. Answers with those whose role changed.',
    scope: 'conversations',
    body: TransferConversationDto,
    example: { userId: 'grace' },
    answers: { 200: object({ participants: listOf(wire('ParticipantView')) }) },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'participant.not_found',
      'participant.direct_fixed',
      'permission.denied',
    ],
  })
  transfer(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() { userId }: TransferConversationDto,
    @UnderKey() once: Once,
  ): Promise<{ participants: ParticipantView[] }> {
    return this.ownership.transfer(actor, conversationId, userId, once);
  }

  @Post('participants/me/reset-history')
  @Documented({
    id: 'resetHistory',
    summary: 'Reset your own history of a conversation',
    description:
      'What was said before is gone for you alone, on all your devices; nothing of it is unread or found any more. Nobody else ' +
      'is told, and it does not come back.',
    scope: 'conversations',
    answers: { 200: object({ participant: wire('ParticipantView') }) },
    errors: ['conversation.not_found', 'conversation.busy', 'actor.required'],
  })
  reset(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @UnderKey() once: Once,
  ): Promise<{ participant: ParticipantView }> {
    return this.ownership.resetHistory(actor, conversationId, once);
  }
}

import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { PageQueryDto } from '@parley/contracts/dto';
import type { ErrorCode, Page, PinResult, PinView, UnpinResult } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { PinService } from '@parley/domain/messages';
import { IdParam } from '../http/params';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

const errors: ErrorCode[] = [
  'conversation.not_found',
  'conversation.closed',
  'user.blocked',
  'conversation.busy',
  'message.not_found',
  'permission.denied',
  'outcome.unknown',
];

@Section('Pins')
@Controller('v1/conversations/:conversationId')
export class PinController {
  constructor(private readonly pins: PinService) {}

  @Put('messages/:messageId/pin')
  @Documented({
    id: 'pinMessage',
    summary: 'Pin a message',
    description:
      'Everybody but guests in direct conversations and groups, owners and admins in channels. What is pinned stays as it is.',
    scope: 'messages',
    answers: { 200: wire('PinResult') },
    errors: [...errors, 'message.deleted', 'pin.limit_reached'],
  })
  add(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<PinResult> {
    return this.pins.add(actor, conversationId, messageId);
  }

  @Delete('messages/:messageId/pin')
  @Documented({
    id: 'unpinMessage',
    summary: 'Take a message from the pins',
    description: 'Who may pin may unpin, also what another has pinned.',
    scope: 'messages',
    answers: { 200: wire('UnpinResult') },
    errors,
  })
  remove(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<UnpinResult> {
    return this.pins.remove(actor, conversationId, messageId);
  }

  @Get('pins')
  @Documented({
    id: 'listPins',
    summary: 'List what is pinned',
    description: 'The newest pin first.',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('PinView')) },
    errors: ['conversation.not_found', 'cursor.invalid'],
  })
  list(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<PinView>> {
    return this.pins.list(actor, conversationId, query);
  }
}

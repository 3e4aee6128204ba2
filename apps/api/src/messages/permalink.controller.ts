import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { MessageService } from '@parley/domain/messages';
import { IdParam } from '../http/params';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Messages')
@Controller('v1/messages')
export class PermalinkController {
  constructor(private readonly messages: MessageService) {}

  @Get(':messageId')
  @Documented({
    id: 'findMessage',
    summary: 'Find a message by its id alone',
    description:
      'Redirects to the message below its conversation, for who may see it; 200 is where that leads.',
    scope: 'messages',
    answers: { 200: wire('MessageView'), 307: null },
    errors: ['message.not_found'],
  })
  async find(
    @CurrentActor() actor: Actor,
    @IdParam('messageId') messageId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { conversationId } = await this.messages.locate(actor, messageId);
    response.status(307).location(`/v1/conversations/${conversationId}/messages/${messageId}`);
  }
}

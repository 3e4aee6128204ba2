import { Body, Controller, Patch } from '@nestjs/common';
import { UpdatePersonalSettingsDto } from '@parley/contracts/dto';
import type { PersonalSettings } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { InboxService } from '@parley/domain/inbox';
import { IdParam } from '../http/params';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Conversations')
@Controller('v1/conversations/:conversationId/participants/me')
export class PersonalSettingsController {
  constructor(private readonly inbox: InboxService) {}

  @Patch()
  @Documented({
    id: 'updatePersonalSettings',
    summary: 'Change your own settings of a conversation',
    description:
      'Pin, archive, hide or mute it, or choose what you are notified of; absent fields stay. Nobody else is told. A hidden ' +
      'conversation comes back with its next message. Your role and label are changed by your user id.',
    scope: 'conversations',
    body: UpdatePersonalSettingsDto,
    example: { pinned: true, notificationLevel: 'mentions' },
    answers: { 200: wire('PersonalSettings') },
    errors: ['conversation.not_found', 'conversation.busy', 'actor.required'],
  })
  update(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() change: UpdatePersonalSettingsDto,
  ): Promise<PersonalSettings> {
    return this.inbox.updateSettings(actor, conversationId, change);
  }
}

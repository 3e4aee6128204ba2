import { Body, Controller, Post } from '@nestjs/common';
import { ImportPageDto } from '@parley/contracts/dto';
import { limits, type ImportResult } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { ImportService } from '@parley/domain/imports';
import { BodyLimit } from '../http/json-body.interceptor';
import { UnderKey } from '../http/under-key';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Administration')
@Limited('import')
@Controller('v1/imports')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post()
  @BodyLimit(limits.importBodyMaxBytes)
  @Documented({
    id: 'importPage',
    summary: 'Take in users, conversations and messages from elsewhere',
    description:
      'At most 500 of each. Messages keep their original times; they are not unread and nobody is notified. The same page ' +
      'again adds nothing, with or without an Idempotency-Key.',
    scope: 'imports',
    body: ImportPageDto,
    example: {
      users: [{ id: 'ada', name: 'Ada' }],
      conversations: [{ key: 'general', kind: 'channel', title: 'general', participants: ['ada'] }],
      messages: [
        {
          conversationKey: 'general',
          sender: 'ada',
          clientMessageId: 'old.general.1',
          text: 'The first message',
          at: '2020-02-03T04:05:06.000Z',
        },
      ],
    },
    answers: { 200: wire('ImportResult') },
    errors: ['permission.denied', 'import.conversation_unknown', 'conversation.busy'],
  })
  importPage(
    @CurrentActor() actor: Actor,
    @Body() page: ImportPageDto,
    @UnderKey() once: Once,
  ): Promise<ImportResult> {
    return this.imports.importPage(actor, page, once);
  }
}

import { Body, Controller, Delete, Get, Patch, Query } from '@nestjs/common';
import { EditMessageDto, PageQueryDto } from '@parley/contracts/dto';
import type { DeleteResult, EditResult, Page, RevisionView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { MessageChangeService, RevisionService } from '@parley/domain/messages';
import { IdParam } from '../http/params';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Messages')
@Controller('v1/conversations/:conversationId/messages/:messageId')
export class MessageChangeController {
  constructor(
    private readonly changes: MessageChangeService,
    private readonly revisions: RevisionService,
  ) {}

  @Patch()
  @Documented({
    id: 'editMessage',
    summary: 'Edit a message of your own',
    description:
      'At least one of `text`, `mentions` and `metadata`; what is absent stays. With `version`, an edit of a message that ' +
      'was edited meanwhile is `message.version_stale`. The tenant may set a time (`editWindowMinutes`) after which ' +
      'messages stay as they are. What is so already is no change.',
    scope: 'messages',
    body: EditMessageDto,
    example: { text: 'Hello, all!', version: 1 },
    answers: { 200: wire('EditResult') },
    errors: [
      'conversation.not_found',
      'conversation.closed',
      'user.blocked',
      'message.posting_denied',
      'conversation.busy',
      'message.not_found',
      'message.deleted',
      'message.mention_denied',
      'message.version_stale',
      'message.edit_window_over',
      'permission.denied',
      'actor.required',
      'outcome.unknown',
    ],
  })
  edit(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Body() input: EditMessageDto,
  ): Promise<EditResult> {
    return this.changes.edit(actor, conversationId, messageId, input);
  }

  @Delete()
  @Documented({
    id: 'deleteMessage',
    summary: 'Delete a message',
    description:
      'The sender, owners and admins of a group or channel, and moderators of the tenant among the participants. The ' +
      'message keeps its place and loses its content, which moderators may read for `deletedTextRetentionDays` among ' +
      'its revisions. Deleting it again answers the same.',
    scope: 'messages',
    answers: { 200: wire('DeleteResult') },
    errors: [
      'conversation.not_found',
      'conversation.busy',
      'message.not_found',
      'permission.denied',
      'outcome.unknown',
    ],
  })
  delete(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<DeleteResult> {
    return this.changes.delete(actor, conversationId, messageId);
  }

  @Get('revisions')
  @Documented({
    id: 'listRevisions',
    summary: 'Read what a message said before',
    description:
      'The newest first, without the message as it is now. Who may see the message may see its revisions: an edit takes ' +
      'nothing back that was said, a deletion does. Those of a deleted message, its last text among them, are for ' +
      'moderators of the tenant alone.',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('RevisionView')) },
    errors: ['conversation.not_found', 'message.not_found', 'permission.denied', 'cursor.invalid'],
  })
  list(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<RevisionView>> {
    return this.revisions.list(actor, conversationId, messageId, query);
  }
}

import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { MarkReadDto, MarkUnreadDto, PageQueryDto } from '@parley/contracts/dto';
import type { Page, ReaderView, ReadState, UnreadTotals } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { ReadService } from '@parley/domain/inbox';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Reading')
@Controller('v1')
export class ReadController {
  constructor(private readonly reads: ReadService) {}

  @Post('conversations/:conversationId/read')
  @Documented({
    id: 'markRead',
    summary: 'Mark a conversation read',
    description:
      'Up to `seq`, or up to the newest message of this moment. The marker never falls and never passes the newest ' +
      'message. What was marked unread is so no longer.',
    scope: 'messages',
    body: MarkReadDto,
    example: { seq: 41 },
    answers: { 200: wire('ReadState') },
    errors: ['conversation.not_found', 'conversation.busy', 'actor.required'],
  })
  mark(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() { seq }: MarkReadDto,
    @UnderKey() once: Once,
  ): Promise<ReadState> {
    return this.reads.mark(actor, conversationId, seq ?? null, once);
  }

  @Post('conversations/:conversationId/unread')
  @Documented({
    id: 'markUnread',
    summary: 'Mark a conversation unread from a message on',
    description: 'The read marker stays where it is. The next time that something is marked read ends it.',
    scope: 'messages',
    body: MarkUnreadDto,
    example: { seq: 17 },
    answers: { 200: wire('ReadState') },
    errors: ['conversation.not_found', 'conversation.busy', 'message.not_found', 'actor.required'],
  })
  markUnread(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() { seq }: MarkUnreadDto,
    @UnderKey() once: Once,
  ): Promise<ReadState> {
    return this.reads.markUnread(actor, conversationId, seq, once);
  }

  @Get('conversations/:conversationId/messages/:messageId/readers')
  @Documented({
    id: 'listReaders',
    summary: 'See who has read a message',
    description: 'Current participants who were there when it came, but for its sender, by user id.',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('ReaderView')) },
    errors: ['conversation.not_found', 'message.not_found', 'cursor.invalid'],
  })
  readers(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<ReaderView>> {
    return this.reads.readers(actor, conversationId, messageId, query);
  }

  @Get('unread')
  @Documented({
    id: 'getUnread',
    summary: 'See how much is unread in all',
    description:
      'Over all of your conversations but the hidden ones, and the part of it that is in muted ones.',
    scope: 'messages',
    answers: { 200: wire('UnreadTotals') },
    errors: ['actor.required'],
  })
  totals(@CurrentActor() actor: Actor): Promise<UnreadTotals> {
    return this.reads.totals(actor);
  }
}

import { Body, Controller, Delete, Get, Post, Put, Query } from '@nestjs/common';
import { MarkThreadReadDto, PageQueryDto, ThreadPageQueryDto } from '@parley/contracts/dto';
import type { ErrorCode, Page, ReplierView, ThreadState, ThreadView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { ThreadListService, ThreadService } from '@parley/domain/threads';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

const errors: ErrorCode[] = [
  'conversation.not_found',
  'conversation.busy',
  'message.not_found',
  'thread.not_root',
  'actor.required',
  'outcome.unknown',
];

@Section('Threads')
@Controller('v1')
export class ThreadController {
  constructor(
    private readonly threads: ThreadService,
    private readonly lists: ThreadListService,
  ) {}

  @Get('threads')
  @Documented({
    id: 'listFollowedThreads',
    summary: 'List the threads that you follow',
    description:
      'Those with replies, the last active first, with what is unread there. You follow a thread whose root you wrote, in ' +
      'which you replied or in which you are mentioned by name.',
    scope: 'messages',
    query: ThreadPageQueryDto,
    answers: { 200: pageOf(wire('ThreadView')) },
    errors: ['actor.required', 'cursor.invalid'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: ThreadPageQueryDto): Promise<Page<ThreadView>> {
    return this.lists.followed(actor, query);
  }

  @Get('conversations/:conversationId/threads')
  @Documented({
    id: 'listThreads',
    summary: 'List the threads of a conversation',
    description: 'Those with replies, the newest root first.',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('ThreadView')) },
    errors: ['conversation.not_found', 'conversation.busy', 'cursor.invalid'],
  })
  listOf(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<ThreadView>> {
    return this.lists.list(actor, conversationId, query);
  }

  @Get('conversations/:conversationId/messages/:messageId/thread/participants')
  @Documented({
    id: 'listRepliers',
    summary: 'See who has replied in a thread',
    description: 'By user id, with the number of replies that are left.',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('ReplierView')) },
    errors: ['conversation.not_found', 'conversation.busy', 'message.not_found', 'cursor.invalid'],
  })
  repliers(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<ReplierView>> {
    return this.lists.repliers(actor, conversationId, messageId, query);
  }

  @Post('conversations/:conversationId/messages/:messageId/thread/read')
  @Documented({
    id: 'markThreadRead',
    summary: 'Mark a thread read that you follow',
    description:
      "Up to `seq`, or up to the newest reply of this moment. The marker is the thread's own; it never falls.",
    scope: 'messages',
    body: MarkThreadReadDto,
    example: { seq: 41 },
    answers: { 200: wire('ThreadState') },
    errors,
  })
  read(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Body() { seq }: MarkThreadReadDto,
    @UnderKey() once: Once,
  ): Promise<ThreadState> {
    return this.threads.read(actor, conversationId, messageId, seq ?? null, once);
  }

  @Put('conversations/:conversationId/messages/:messageId/thread/following')
  @Documented({
    id: 'followThread',
    summary: 'Follow a thread',
    description: 'Also one without a reply yet. What is there already counts as read.',
    scope: 'messages',
    answers: { 200: wire('ThreadState') },
    errors,
  })
  follow(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<ThreadState> {
    return this.threads.follow(actor, conversationId, messageId, true);
  }

  @Delete('conversations/:conversationId/messages/:messageId/thread/following')
  @Documented({
    id: 'unfollowThread',
    summary: 'Follow a thread no longer',
    description: 'Until you reply in it or follow it again.',
    scope: 'messages',
    answers: { 200: wire('ThreadState') },
    errors,
  })
  unfollow(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
  ): Promise<ThreadState> {
    return this.threads.follow(actor, conversationId, messageId, false);
  }
}

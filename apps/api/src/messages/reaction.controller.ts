import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ReactionPageQueryDto } from '@parley/contracts/dto';
import type { ErrorCode, Page, ReactionEntryView, ReactionResult } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { ReactionService } from '@parley/domain/reactions';
import { IdParam, ReactionKeyParam } from '../http/params';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

const errors: ErrorCode[] = [
  'conversation.not_found',
  'conversation.closed',
  'user.blocked',
  'conversation.busy',
  'message.not_found',
  'message.deleted',
  'actor.required',
  'outcome.unknown',
];

@Section('Reactions')
@Controller('v1/conversations/:conversationId/messages/:messageId/reactions')
export class ReactionController {
  constructor(private readonly reactions: ReactionService) {}

  @Put(':key')
  @Documented({
    id: 'addReaction',
    summary: 'React to a message',
    description:
      'The key is an emoji, percent-encoded, or a name of your own in `[a-z0-9_+-]{1,64}`. Where the conversation’s ' +
      '`reactionMode` is `one`, a new reaction replaces the user’s old one. What is so already is no change.',
    scope: 'messages',
    answers: { 200: wire('ReactionResult') },
    errors: [...errors, 'reaction.limit_reached'],
  })
  add(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @ReactionKeyParam('key') key: string,
  ): Promise<ReactionResult> {
    return this.reactions.add(actor, conversationId, messageId, key);
  }

  @Delete(':key')
  @Documented({
    id: 'removeReaction',
    summary: 'Take a reaction of your own back',
    scope: 'messages',
    answers: { 200: wire('ReactionResult') },
    errors,
  })
  remove(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @ReactionKeyParam('key') key: string,
  ): Promise<ReactionResult> {
    return this.reactions.remove(actor, conversationId, messageId, key);
  }

  @Get()
  @Documented({
    id: 'listReactions',
    summary: 'See who reacted to a message',
    description: 'By key and user.',
    scope: 'messages',
    query: ReactionPageQueryDto,
    answers: { 200: pageOf(wire('ReactionEntryView')) },
    errors: ['conversation.not_found', 'message.not_found', 'cursor.invalid'],
  })
  list(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @IdParam('messageId') messageId: string,
    @Query() query: ReactionPageQueryDto,
  ): Promise<Page<ReactionEntryView>> {
    return this.reactions.list(actor, conversationId, messageId, query);
  }
}

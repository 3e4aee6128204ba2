import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { CreateBlockDto, PageQueryDto } from '@parley/contracts/dto';
import type { BlockView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { BlockService } from '@parley/domain/blocks';
import { UserIdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Users')
@Controller('v1/blocks')
export class BlockController {
  constructor(private readonly blocks: BlockService) {}

  @Get()
  @Documented({
    id: 'listBlocks',
    summary: 'List whom you block',
    scope: 'users',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('BlockView')) },
    errors: ['cursor.invalid', 'actor.required'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: PageQueryDto): Promise<Page<BlockView>> {
    return this.blocks.list(actor, query);
  }

  @Post()
  @Documented({
    id: 'createBlock',
    summary: 'Block a user',
    description:
      'From the answer on neither of the two writes to the other in a direct conversation, reacts there, or can make a new ' +
      'one, and neither sees the other type or come online. Groups and channels are not touched. The other is not told; both ' +
      'get `user.blocked`. Once more changes nothing.',
    scope: 'users',
    body: CreateBlockDto,
    example: { userId: 'grace' },
    answers: { 200: wire('BlockView') },
    errors: ['user.not_found', 'block.limit_reached', 'conversation.busy', 'actor.required'],
  })
  create(
    @CurrentActor() actor: Actor,
    @Body() { userId }: CreateBlockDto,
    @UnderKey() once: Once,
  ): Promise<BlockView> {
    return this.blocks.block(actor, userId, once);
  }

  @Delete(':userId')
  @Documented({
    id: 'deleteBlock',
    summary: 'End a block',
    description: 'Where the other blocks you as well, that one stays.',
    scope: 'users',
    answers: { 204: null },
    errors: ['conversation.busy', 'actor.required'],
  })
  delete(@CurrentActor() actor: Actor, @UserIdParam() userId: string): Promise<void> {
    return this.blocks.unblock(actor, userId);
  }
}

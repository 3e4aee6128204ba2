import { Body, Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { PageQueryDto, WriteDraftDto } from '@parley/contracts/dto';
import type { DraftView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { DraftService } from '@parley/domain/inbox';
import { IdParam } from '../http/params';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Drafts')
@Controller('v1')
export class DraftController {
  constructor(private readonly drafts: DraftService) {}

  @Get('drafts')
  @Documented({
    id: 'listDrafts',
    summary: 'List your drafts, the last written first',
    scope: 'messages',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('DraftView')) },
    errors: ['cursor.invalid', 'actor.required'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: PageQueryDto): Promise<Page<DraftView>> {
    return this.drafts.list(actor, query);
  }

  @Put('conversations/:conversationId/draft')
  @Documented({
    id: 'writeDraft',
    summary: 'Keep what you have begun to write',
    description: 'For all your devices, and for nobody else. The last write wins.',
    scope: 'messages',
    body: WriteDraftDto,
    example: { text: 'Dear Gra' },
    answers: { 200: wire('DraftView') },
    errors: ['conversation.not_found', 'conversation.busy', 'actor.required'],
  })
  write(
    @CurrentActor() actor: Actor,
    @IdParam('conversationId') conversationId: string,
    @Body() { text }: WriteDraftDto,
  ): Promise<DraftView> {
    return this.drafts.write(actor, conversationId, text);
  }

  @Delete('conversations/:conversationId/draft')
  @Documented({
    id: 'deleteDraft',
    summary: 'Drop your draft',
    description: 'Also answered with 204 where there is none.',
    scope: 'messages',
    answers: { 204: null },
    errors: ['conversation.not_found', 'conversation.busy', 'actor.required'],
  })
  remove(@CurrentActor() actor: Actor, @IdParam('conversationId') conversationId: string): Promise<void> {
    return this.drafts.remove(actor, conversationId);
  }
}

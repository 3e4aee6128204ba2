import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { HeadsDto, SyncDto } from '@parley/contracts/dto';
import type { HeadsResult, SyncResult } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { SyncService } from '@parley/domain/sync';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Catching up')
@Controller('v1')
export class SyncController {
  constructor(private readonly syncs: SyncService) {}

  @Get('heads')
  @Documented({
    id: 'listHeads',
    summary: 'See where your conversations stand',
    description: 'The newest seq of each of your current conversations, 500 a page.',
    scope: 'messages',
    query: HeadsDto,
    answers: { 200: wire('HeadsResult') },
    errors: ['cursor.invalid', 'actor.required'],
  })
  heads(@CurrentActor() actor: Actor, @Query() query: HeadsDto): Promise<HeadsResult> {
    return this.syncs.heads(actor, query);
  }

  @Post('sync')
  @Documented({
    id: 'sync',
    summary: 'Get what you missed',
    description:
      'The events after each cursor, dense by seq, 500 in all; `more` asks for another request from the last event on. ' +
      '`gap` names what cannot be given, `left` where you left. A conversation that you never took part in answers with ' +
      'no events, `head: 0` and `left: 0`.',
    scope: 'messages',
    headers: { 'Idempotency-Key': 'Ignored: this only reads.' },
    body: SyncDto,
    example: { epoch: 'b1946ac9', cursors: [['0198c0de-0000-7000-8000-000000000001', 41]] },
    answers: { 200: wire('SyncResult') },
    errors: ['epoch.changed', 'actor.required'],
  })
  sync(@CurrentActor() actor: Actor, @Body() input: SyncDto): Promise<SyncResult> {
    return this.syncs.sync(actor, input);
  }
}

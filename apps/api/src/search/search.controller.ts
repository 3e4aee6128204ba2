import { Controller, Get, Query } from '@nestjs/common';
import { MessageSearchQueryDto } from '@parley/contracts/dto';
import type { Page, SearchHit } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { SearchService } from '@parley/domain/search';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Search')
@Controller('v1/messages/search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  @Documented({
    id: 'searchMessages',
    summary: 'Find messages by their words',
    description:
      'In your conversations, within what you may see of each; the best first, then the newest. All words must occur; ' +
      '"a phrase", `-without` and `or` are understood, and the last word may be a beginning. A message is found some ' +
      'moments after it was sent.',
    scope: 'messages',
    query: MessageSearchQueryDto,
    answers: { 200: pageOf(wire('SearchHit')) },
    errors: ['actor.required', 'cursor.invalid'],
  })
  find(@CurrentActor() actor: Actor, @Query() query: MessageSearchQueryDto): Promise<Page<SearchHit>> {
    return this.search.search(actor, query);
  }
}

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
    summary: 'Find messages by what they say',
    description:
      'In your conversations, within what you may see of each; the newest first, by `at`. Every term must occur, as a part of ' +
      'a word and in any case; a term of one or two letters is a whole word. "Whole words in this order", `-without` and ' +
      '`or` are understood. A message is found some moments after it was sent. Go on as long as there is a next page: one ' +
      'may be short or empty before the last.',
    scope: 'messages',
    query: MessageSearchQueryDto,
    answers: { 200: pageOf(wire('SearchHit')) },
    errors: ['actor.required', 'cursor.invalid'],
  })
  find(@CurrentActor() actor: Actor, @Query() query: MessageSearchQueryDto): Promise<Page<SearchHit>> {
    return this.search.search(actor, query);
  }
}

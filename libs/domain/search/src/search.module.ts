import { Module } from '@nestjs/common';
import { ReactionsModule } from '@parley/domain/reactions';
import { SearchIndex } from './search-index';
import { SearchService } from './search.service';

/** Searching, for the api. */
@Module({ imports: [ReactionsModule], providers: [SearchService], exports: [SearchService] })
export class SearchModule {}

/** Writing what is searched, for the worker. */
@Module({ providers: [SearchIndex], exports: [SearchIndex] })
export class SearchIndexModule {}

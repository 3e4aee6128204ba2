import { Module } from '@nestjs/common';
import { SearchIndex } from './search-index';
import { SearchService } from './search.service';

/** Searching, for the api. */
@Module({ providers: [SearchService], exports: [SearchService] })
export class SearchModule {}

/** Writing what is searched, for the worker. */
@Module({ providers: [SearchIndex], exports: [SearchIndex] })
export class SearchIndexModule {}

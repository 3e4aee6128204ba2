export { searchDocument } from './search-document';
export { SearchIndex } from './search-index';
export { SearchIndexModule, SearchModule } from './search.module';
export { SearchService } from './search.service';

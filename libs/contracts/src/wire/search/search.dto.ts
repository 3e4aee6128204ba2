import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsISO8601 } from 'class-validator';
import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import { IsId, IsText, IsUserId, MayBeAbsent, Repeatable } from '../validation/decorators';
import { searchTraits, type SearchTrait } from './search.types';

/** Query of `GET /v1/messages/search`. */
export class MessageSearchQueryDto extends PageQueryDto {
  /** Parts of words that must all occur; "whole words in this order", -without, or. */
  @IsText(limits.searchQueryMaxBytes)
  q: string;

  /** Only in this conversation; repeated: in any of these. */
  @MayBeAbsent()
  @Repeatable()
  @IsArray()
  @ArrayMaxSize(limits.searchConversationsMax)
  @IsId({ each: true })
  conversationId?: string[];

  /** Only messages that this user sent. */
  @MayBeAbsent()
  @IsUserId()
  from?: string;

  /** Only messages that have this; repeated: all of these. */
  @MayBeAbsent()
  @Repeatable()
  @IsArray()
  @ArrayUnique()
  @IsIn(searchTraits, { each: true })
  has?: SearchTrait[];

  /** Only messages whose `at` is earlier. */
  @MayBeAbsent()
  @IsISO8601({ strict: true, strictSeparator: true })
  before?: string;

  /** Only messages whose `at` is this or later. */
  @MayBeAbsent()
  @IsISO8601({ strict: true, strictSeparator: true })
  after?: string;
}

import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import { IsId, IsText, MayBeAbsent } from '../validation/decorators';

/** Query of `GET /v1/messages/search`. */
export class MessageSearchQueryDto extends PageQueryDto {
  /** Words that must all occur; "a phrase", -without, or; the last word may be a beginning. */
  @IsText(limits.searchQueryMaxBytes)
  q: string;

  /** Only in this conversation. */
  @MayBeAbsent()
  @IsId()
  conversationId?: string;
}

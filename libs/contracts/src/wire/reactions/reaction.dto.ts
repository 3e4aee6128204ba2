import { PageQueryDto } from '../page.dto';
import type { ReactionInput } from '../realtime/request.types';
import { IsId, IsReactionKey, MayBeAbsent } from '../validation/decorators';

/** `reaction.add` */
export class ReactionAddDto implements ReactionInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;

  @IsReactionKey()
  key: string;
}

/** `reaction.remove` */
export class ReactionRemoveDto extends ReactionAddDto {}

/** Query of `GET …/messages/{messageId}/reactions`; without a key those of all keys. */
export class ReactionPageQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsReactionKey()
  key?: string;
}

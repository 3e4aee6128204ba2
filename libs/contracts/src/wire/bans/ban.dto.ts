import { IsISO8601 } from 'class-validator';
import { limits } from '../limits';
import { IsText, IsUserId, MayBeAbsent } from '../validation/decorators';

/** Body of `POST /v1/conversations/{conversationId}/bans` and of `POST /v1/admin/bans`. */
export class CreateBanDto {
  @IsUserId()
  userId: string;

  /** For those who moderate; the banned user is not told. */
  @MayBeAbsent()
  @IsText(limits.reasonMaxBytes)
  reason?: string;

  /** When the ban ends by itself, in the future; when it is lifted, where this is absent. */
  @MayBeAbsent()
  @IsISO8601({ strict: true, strictSeparator: true })
  until?: string;
}

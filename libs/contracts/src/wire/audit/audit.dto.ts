import { IsIn, IsISO8601 } from 'class-validator';
import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import { IsId, IsText, IsUserId, MayBeAbsent } from '../validation/decorators';
import { auditActions, type AuditAction } from './audit.types';

/** Query of `GET /v1/admin/audit-entries`; a filter that is absent lets everything pass. */
export class AuditPageQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsIn(auditActions)
  action?: AuditAction;

  /** Id of a user or of a server key. */
  @MayBeAbsent()
  @IsUserId()
  actor?: string;

  @MayBeAbsent()
  @IsText(limits.userIdMaxChars * 4)
  target?: string;

  @MayBeAbsent()
  @IsId()
  conversationId?: string;

  /** From this time on. */
  @MayBeAbsent()
  @IsISO8601({ strict: true, strictSeparator: true })
  from?: string;

  /** Before this time. */
  @MayBeAbsent()
  @IsISO8601({ strict: true, strictSeparator: true })
  to?: string;
}

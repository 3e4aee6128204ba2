import { IsBoolean, IsIn, IsInt, IsISO8601, IsString, IsUrl, Max, MaxLength, Min } from 'class-validator';
import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import type { AuthRefreshInput } from '../realtime/request.types';
import { IsText, IsUserId, MayBeAbsent, MayBeNull } from '../validation/decorators';
import { userRoles, type UserRole } from './user.types';

/** Body of `PUT /v1/users/{userId}` (server key): creates or changes; absent fields stay. */
export class UpsertUserDto {
  @MayBeNull()
  @IsText(limits.userNameMaxChars)
  name?: string | null;

  @MayBeNull()
  @IsUrl({ protocols: ['https', 'http'], require_tld: false })
  @MaxLength(2048)
  avatarUrl?: string | null;

  @MayBeAbsent()
  @IsIn(userRoles)
  role?: UserRole;

  @MayBeAbsent()
  @IsBoolean()
  deactivated?: boolean;
}

/** Body of `PATCH /v1/users/me`. */
export class UpdateMeDto {
  @MayBeNull()
  @IsText(limits.userNameMaxChars)
  name?: string | null;

  @MayBeNull()
  @IsUrl({ protocols: ['https', 'http'], require_tld: false })
  @MaxLength(2048)
  avatarUrl?: string | null;
}

/** Query of `GET /v1/users`. */
export class UserPageQueryDto extends PageQueryDto {
  /** Beginning of the id. */
  @MayBeAbsent()
  @IsText(limits.userIdMaxChars)
  prefix?: string;

  /** Parts of the id or name that must all occur, in upper or lower case. */
  @MayBeAbsent()
  @IsText(limits.searchQueryMaxBytes)
  q?: string;
}

/** Body of `POST /v1/tokens` (server key): a token for one user, created at first sight. */
export class CreateTokenDto {
  @IsUserId()
  userId: string;

  @MayBeAbsent()
  @IsText(limits.userNameMaxChars)
  name?: string;

  @MayBeAbsent()
  @IsInt()
  @Min(60)
  @Max(limits.tokenMaxTtlSeconds)
  ttlSeconds?: number;
}

/** Body of `DELETE /v1/users/{userId}/tokens`: tokens issued at or before this time end; now when absent. */
export class RevokeTokensDto {
  @MayBeAbsent()
  @IsISO8601({ strict: true })
  before?: string;
}

/** `auth.refresh` */
export class AuthRefreshDto implements AuthRefreshInput {
  @IsString()
  @MaxLength(limits.tokenMaxChars)
  token: string;
}

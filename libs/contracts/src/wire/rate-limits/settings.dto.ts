import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { messageSettingsMaxima } from '../messages/message.types';
import { limits } from '../limits';
import { originPattern } from '../tenants/origin';
import { userDirectories, type UserDirectory } from '../users/user.types';
import { MayBeAbsent, MayBeNull } from '../validation/decorators';
import { tenantLimitMaxima } from './buckets';
import type { RateLimit } from './rate-limits.types';

export class RateLimitDto implements RateLimit {
  @IsInt()
  @Min(1)
  @Max(tenantLimitMaxima.perMinute)
  perMinute: number;

  @IsInt()
  @Min(1)
  @Max(tenantLimitMaxima.burst)
  burst: number;
}

function IsRateLimit(): PropertyDecorator {
  const decorators = [MayBeAbsent(), ValidateNested(), Type(() => RateLimitDto)];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Absent limits stay. */
export class TenantLimitsDto {
  @IsRateLimit()
  messages?: RateLimitDto;

  @IsRateLimit()
  tenantMessages?: RateLimitDto;

  @IsRateLimit()
  socketRequests?: RateLimitDto;

  @IsRateLimit()
  typing?: RateLimitDto;

  @IsRateLimit()
  reads?: RateLimitDto;

  @IsRateLimit()
  writes?: RateLimitDto;

  @IsRateLimit()
  keyRequests?: RateLimitDto;

  @IsRateLimit()
  imports?: RateLimitDto;

  @IsRateLimit()
  tokens?: RateLimitDto;

  @IsRateLimit()
  admin?: RateLimitDto;

  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(tenantLimitMaxima.socketsPerUser)
  socketsPerUser?: number;
}

/** Absent rules stay. */
export class MessageSettingsDto {
  /** Null: messages may be edited at any time. */
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(messageSettingsMaxima.editWindowMinutes)
  editWindowMinutes?: number | null;

  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(messageSettingsMaxima.deletedTextRetentionDays)
  deletedTextRetentionDays?: number;
}

/** Absent rules stay. */
export class UserSettingsDto {
  /** `shared`: members find only those with whom they share a conversation. */
  @MayBeAbsent()
  @IsIn(userDirectories)
  directory?: UserDirectory;
}

/** Absent features stay; null: as the installation has it. */
export class TenantFeaturesDto {
  @MayBeNull()
  @IsBoolean()
  realtimeCollaboration?: boolean | null;

  @MayBeNull()
  @IsBoolean()
  aiFeedback?: boolean | null;

  @MayBeNull()
  @IsBoolean()
  conversationInsights?: boolean | null;
}

/** Body of `PATCH /v1/admin/settings` (server key with scope `limits`). */
export class UpdateSettingsDto {
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => TenantLimitsDto)
  limits?: TenantLimitsDto;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => MessageSettingsDto)
  messages?: MessageSettingsDto;

  /** Web origins whose pages may call, instead of those of the installation; `*` stands for one label. Null: those of the installation. */
  @MayBeNull()
  @IsArray()
  @ArrayMaxSize(limits.originsPerTenant)
  @ArrayUnique()
  @Matches(originPattern, {
    each: true,
    message: '$property must be origins such as https://app.example.com or https://*.example.com',
  })
  @MaxLength(limits.originMaxChars, { each: true })
  origins?: string[] | null;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => UserSettingsDto)
  users?: UserSettingsDto;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => TenantFeaturesDto)
  features?: TenantFeaturesDto;
}

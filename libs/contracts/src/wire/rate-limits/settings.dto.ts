import { Type } from 'class-transformer';
import { IsInt, Max, Min, ValidateNested } from 'class-validator';
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
  const decorators = [MayBeNull(), ValidateNested(), Type(() => RateLimitDto)];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Absent limits stay, null gives one its default back. */
export class TenantLimitsDto {
  @IsRateLimit()
  messages?: RateLimitDto | null;

  @IsRateLimit()
  tenantMessages?: RateLimitDto | null;

  @IsRateLimit()
  socketRequests?: RateLimitDto | null;

  @IsRateLimit()
  reads?: RateLimitDto | null;

  @IsRateLimit()
  writes?: RateLimitDto | null;

  @IsRateLimit()
  keyRequests?: RateLimitDto | null;

  @IsRateLimit()
  imports?: RateLimitDto | null;

  @IsRateLimit()
  tokens?: RateLimitDto | null;

  @IsRateLimit()
  admin?: RateLimitDto | null;

  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(tenantLimitMaxima.socketsPerUser)
  socketsPerUser?: number | null;
}

/** Body of `PATCH /v1/admin/settings` (server key with scope `limits`). */
export class UpdateSettingsDto {
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => TenantLimitsDto)
  limits?: TenantLimitsDto;
}

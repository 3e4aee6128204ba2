import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsUrl, MaxLength } from 'class-validator';
import { limits } from '../limits';
import { IsText, MayBeAbsent } from '../validation/decorators';
import { keyScopes, type KeyScope, type TenantStatus } from './tenant.types';

/** Body of `POST /v1/admin/keys` (server key with scope `keys`). */
export class CreateKeyDto {
  @IsIn(['signing', 'server'])
  kind: 'signing' | 'server';

  @IsText(64)
  name: string;

  /** Server keys only; all scopes when absent. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(keyScopes, { each: true })
  scopes?: KeyScope[];

  /** Signing keys only: where the tenant publishes its keys (JWK Set); without it Parley makes a secret. */
  @MayBeAbsent()
  @IsUrl({ protocols: ['https'], require_protocol: true, require_tld: false })
  @MaxLength(limits.jwksUrlMaxChars)
  jwksUrl?: string;

  /** Signing keys only: tokens must carry it as `iss`. */
  @MayBeAbsent()
  @IsText(limits.issuerMaxBytes)
  issuer?: string;

  /** Signing keys only: tokens must carry it as `aud`. */
  @MayBeAbsent()
  @IsText(limits.issuerMaxBytes)
  audience?: string;
}

/** Body of `POST /v1/operator/tenants`. */
export class CreateTenantDto {
  @IsText(limits.tenantNameMaxBytes)
  name: string;
}

/** Body of `PATCH /v1/operator/tenants/{tenantId}`: absent fields stay. */
export class UpdateTenantDto {
  @MayBeAbsent()
  @IsText(limits.tenantNameMaxBytes)
  name?: string;

  @MayBeAbsent()
  @IsIn(['active', 'suspended'])
  status?: TenantStatus;
}

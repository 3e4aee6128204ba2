import { ArrayMinSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
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

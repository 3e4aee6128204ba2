import { ArrayMinSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { IsText, MayBeAbsent } from '../validation/decorators';
import { keyScopes, type KeyScope } from './tenant.types';

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

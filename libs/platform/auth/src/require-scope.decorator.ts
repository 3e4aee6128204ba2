import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { KeyScope } from '@parley/contracts/wire';

export const requiredScopeKey = 'parley:scope';

/** What a server key needs for this route. Users are not held by it: the service decides about them. */
export function RequireScope(scope: KeyScope): CustomDecorator {
  return SetMetadata(requiredScopeKey, scope);
}

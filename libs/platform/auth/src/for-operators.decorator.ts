import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const operatorRouteKey = 'parley:operator';

/** Routes of whoever runs the installation: an operator key opens them, and nothing else does; it opens no other route. */
export function ForOperators(): CustomDecorator {
  return SetMetadata(operatorRouteKey, true);
}

import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const publicRouteKey = 'parley:public';

/** A route that needs no credentials; every other route does. */
export function Public(): CustomDecorator {
  return SetMetadata(publicRouteKey, true);
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import type { Actor } from './actor';
import type { AuthenticatedRequest } from './request-actor';

/** Who the request is from. @throws AppError `token.missing` on a public route without credentials */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (actor === undefined) throw new AppError('token.missing');
  return actor;
});

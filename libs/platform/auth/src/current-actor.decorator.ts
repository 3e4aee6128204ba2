import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import type { Actor, OperatorActor } from './actor';
import type { AuthenticatedRequest } from './request-actor';

/** Who the request is from. @throws AppError `token.missing` on a public route without credentials */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (actor === undefined) throw new AppError('token.missing');
  return actor;
});

/** Who asks on an operator route. @throws AppError `token.missing` on any other route */
export const CurrentOperator = createParamDecorator(
  (_: unknown, context: ExecutionContext): OperatorActor => {
    const { operator } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (operator === undefined) throw new AppError('token.missing');
    return operator;
  },
);

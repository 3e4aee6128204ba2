import { createParamDecorator, Param, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { Request } from 'express';
import { PresenceQueryDto, userIdPattern, uuidPattern } from '@parley/contracts/dto';
import { AppError, reactionKeyPattern } from '@parley/contracts/wire';
import { requireUser, type Actor } from '@parley/platform/auth';
import { validateDto } from '@parley/platform/validation';

function idPipe(name: string): PipeTransform<string, string> {
  return {
    transform: (value) => {
      if (!uuidPattern.test(value))
        throw invalidParam(name, 'must be an id of Parley (a UUID in lower case)');
      return value;
    },
  };
}

function invalidParam(path: string, message: string): AppError {
  return new AppError('request.invalid', { issues: [{ path, message }] });
}

/** An id of Parley in the path. @throws AppError `request.invalid` */
export function IdParam(name: string): ParameterDecorator {
  return Param(name, idPipe(name));
}

/** What a reaction is made with, in the path, percent-encoded. @throws AppError `request.invalid` */
export function ReactionKeyParam(name: string): ParameterDecorator {
  return Param(name, {
    transform: (value: string) => {
      if (!reactionKeyPattern.test(value))
        throw invalidParam(name, 'must be an emoji, or match [a-z0-9_+-]{1,64}');
      return value;
    },
  });
}

/** A user's id in the path; `me` is the caller. @throws AppError `request.invalid`, `actor.required` */
export const UserIdParam = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<Request & { actor: Actor }>();
  const userId = String(request.params['userId']);
  if (userId === 'me') return requireUser(request.actor);
  if (!userIdPattern.test(userId)) throw invalidParam('userId', 'must be 1 to 128 visible characters');
  return userId;
});

/** The ids in the query, of which each stands for itself. @throws AppError `request.invalid` */
export const UserIdsQuery = createParamDecorator((_: unknown, context: ExecutionContext): string[] => {
  const query = context.switchToHttp().getRequest<Request>().query as Record<string, unknown>;
  const { userId } = query;
  const listed = typeof userId === 'string' ? { ...query, userId: [userId] } : query;
  const result = validateDto(PresenceQueryDto, listed);
  if (!result.ok) throw new AppError('request.invalid', { issues: result.issues });
  return result.value.userId ?? [];
});

import { createHash } from 'node:crypto';
import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { Request } from 'express';
import { AppError, clientMessageIdPattern } from '@parley/contracts/wire';
import { SecretBox, type AuthenticatedRequest } from '@parley/platform/auth';
import { everyTime, KeyedOnce, type NamedRequest, type Once } from '@parley/platform/idempotency';

type KnownRequest = Request & Pick<AuthenticatedRequest, 'actor' | 'operator'>;

const NamedRequestParam = createParamDecorator(
  (_: unknown, context: ExecutionContext): NamedRequest | null => {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const key = request.get('idempotency-key');
    if (key === undefined) return null;
    if (!clientMessageIdPattern.test(key)) {
      const issues = [{ path: 'Idempotency-Key', message: 'must match [A-Za-z0-9._:-]{8,64}' }];
      throw new AppError('request.invalid', { issues });
    }
    const body = canonicalize(request.body ?? null) ?? '';
    const hash = createHash('sha256').update(body).digest();
    return { actor: callerOf(request), route: `${request.method} ${request.path}`, key, hash };
  },
);

@Injectable()
export class OncePipe implements PipeTransform<NamedRequest | null, Once> {
  constructor(private readonly box: SecretBox) {}

  transform(request: NamedRequest | null): Once {
    return request === null ? everyTime : new KeyedOnce(this.box, request);
  }
}

/** How often the request may have its effect, by its header Idempotency-Key. @throws AppError `request.invalid` */
export function UnderKey(): ParameterDecorator {
  return NamedRequestParam(OncePipe);
}

function callerOf({ actor, operator }: KnownRequest): string {
  if (operator !== undefined) return `operator ${operator.keyId}`;
  if (actor === undefined) throw new AppError('token.missing');
  return actor.kind === 'user' ? `user ${actor.userId}` : `key ${actor.keyId} ${actor.userId ?? ''}`;
}

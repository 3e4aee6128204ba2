import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { AuthenticatedRequest } from '@parley/platform/auth';
import { Origins } from '@parley/domain/tenants';

/** Whether the page that a request comes from may call for the request's tenant (S1). Binds after authentication. */
@Injectable()
export class OriginGuard implements CanActivate {
  constructor(private readonly origins: Origins) {}

  /** @throws AppError `origin.refused` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request & AuthenticatedRequest>();
    const { actor, headers } = request;
    const { origin } = headers;
    // A page of this very host is no stranger: a browser names it with every write.
    const isOwn = origin === `${request.protocol}://${headers.host}`;
    if (actor !== undefined && !isOwn) await this.origins.assertAllowed(actor.tenantId, origin);
    return true;
  }
}

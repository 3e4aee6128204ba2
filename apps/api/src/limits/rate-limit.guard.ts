import {
  Injectable,
  SetMetadata,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { AppError } from '@parley/contracts/wire';
import type { AuthenticatedRequest } from '@parley/platform/auth';
import { Overload } from '@parley/platform/ratelimit';
import { Limits, type RequestClass } from '@parley/domain/limits';
import { tellLimit } from './limit-headers';

const classKey = 'parley:requestClass';

/** What the route is to the limits, where its method does not say it: GET reads, anything else writes. */
export function Limited(requestClass: RequestClass): CustomDecorator {
  return SetMetadata(classKey, requestClass);
}

/** Takes a token for every request of a known caller, before anything of it is read. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: Limits,
    private readonly overload: Overload,
  ) {}

  /** @throws AppError `rate_limit.exceeded`, `service.overloaded` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & AuthenticatedRequest>();
    if (request.actor === undefined) return true;
    const requestClass = this.classOf(context, request.method);
    if (requestClass === 'send' && this.overload.isOverloaded) {
      throw new AppError('service.overloaded', { retryAfterMs: this.overload.retryAfterMs() });
    }
    const response = http.getResponse<Response>();
    await this.limits.take(request.actor, requestClass, (view) => tellLimit(response, view));
    return true;
  }

  private classOf(context: ExecutionContext, method: string): RequestClass {
    const targets = [context.getHandler(), context.getClass()];
    const declared = this.reflector.getAllAndOverride<RequestClass | undefined>(classKey, targets);
    return declared ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
  }
}

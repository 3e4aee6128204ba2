import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '@parley/contracts/wire';
import { Log } from '@parley/platform/telemetry';
import { FailedLogins } from '../limits/failed-logins';
import { actorIdsOf } from './actor-ids';
import { appErrorOf, problemOf } from './problem';
import { RouteTable } from './route-table';

/** The one place where a failed request gets its answer: a problem document with a code of the catalogue, never more (S36). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly failedLogins: FailedLogins,
    private readonly log: Log,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const thrownError = this.errorOf(thrown, request, response);
    const error =
      thrownError.kind === 'unauthenticated' ? this.failedLogins.failed(request, thrownError) : thrownError;
    const requestId = String(response.getHeader('x-request-id') ?? '');
    if (error.kind === 'internal') {
      this.log.error('http.failed', { error: error.cause ?? error, requestId, ...actorIdsOf(request) });
    }
    if (response.headersSent) {
      // The answer is half out: ending the connection is the only way to say that the rest will not come.
      response.destroy();
      return;
    }
    if (error.retryAfterMs !== undefined) {
      response.setHeader('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
    }
    const problem = problemOf(error, requestId);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private errorOf(thrown: unknown, request: Request, response: Response): AppError {
    if (!(thrown instanceof NotFoundException)) return appErrorOf(thrown);
    const methods = this.routes.methodsOf(request.path);
    if (methods.length === 0) return new AppError('route.not_found');
    response.setHeader('allow', methods.join(', '));
    return new AppError('method.not_allowed');
  }
}

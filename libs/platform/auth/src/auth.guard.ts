import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Passport } from 'passport';
import { AppError } from '@parley/contracts/wire';
import type { Actor, OperatorActor } from './actor';
import { BearerTokenStrategy } from './bearer-token.strategy';
import { operatorRouteKey } from './for-operators.decorator';
import { OperatorKeyVerifier } from './operator-key-verifier';
import { publicRouteKey } from './public.decorator';
import type { AuthenticatedRequest } from './request-actor';
import { ServerKeyVerifier } from './server-key-verifier';
import { TokenVerifier } from './token-verifier';

const strategyName = 'bearer-token';

/**
 * Authenticates every HTTP request that is not for a public route: `Authorization: Bearer` with a user token or a server
 * key, the latter for a user where `Parley-Act-As` (percent-encoded) names one; on operator routes with an operator key.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  // An own instance: strategies of the global one are shared by all applications of a process.
  private readonly passport = new Passport();

  constructor(
    private readonly reflector: Reflector,
    private readonly serverKeys: ServerKeyVerifier,
    private readonly operatorKeys: OperatorKeyVerifier,
    tokens: TokenVerifier,
  ) {
    this.passport.use(strategyName, new BearerTokenStrategy(tokens));
  }

  /** @throws AppError `token.*`, `tenant.suspended`, `user.*` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<true | undefined>(publicRouteKey, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (this.reflector.getAllAndOverride<true | undefined>(operatorRouteKey, targets)) {
      request.operator = await this.authenticateOperator(request);
      return true;
    }
    request.actor = await this.authenticate(request);
    return true;
  }

  private async authenticateOperator({ headers }: AuthenticatedRequest): Promise<OperatorActor> {
    const key = /^Bearer +(\S+) *$/i.exec(String(headers.authorization ?? ''))?.[1];
    if (key === undefined) throw new AppError('token.missing');
    return this.operatorKeys.verify(key);
  }

  private async authenticate(request: AuthenticatedRequest): Promise<Actor> {
    const actAs = readActAs(request);
    const serverKey = /^Bearer +(psk_\S*) *$/i.exec(String(request.headers.authorization ?? ''))?.[1];
    if (serverKey !== undefined) return this.serverKeys.verify(serverKey, actAs);
    const actor = await this.verifyToken(request);
    if (actAs !== null) throw actAsError('is for server keys only');
    return actor;
  }

  private verifyToken(request: AuthenticatedRequest): Promise<Actor> {
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, actor: Actor | false | null | undefined): void => {
        if (actor) resolve(actor);
        else reject((error as Error | null) ?? new AppError('token.invalid'));
      };
      const handle = this.passport.authenticate(strategyName, { session: false }, settle) as (
        request: AuthenticatedRequest,
      ) => void;
      handle(request);
    });
  }
}

function readActAs(request: AuthenticatedRequest): string | null {
  const header = request.headers['parley-act-as'];
  if (header === undefined) return null;
  try {
    return decodeURIComponent(String(header));
  } catch {
    throw actAsError('must be a percent-encoded user id');
  }
}

function actAsError(message: string): AppError {
  return new AppError('request.invalid', { issues: [{ path: 'Parley-Act-As', message }] });
}

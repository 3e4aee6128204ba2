import { Injectable } from '@nestjs/common';
import { AppError, type AuthRefreshResult } from '@parley/contracts/wire';
import { TokenVerifier } from '@parley/platform/auth';
import type { Connection } from '../connections/connection';
import type { RequestHandlers } from './request-registry';

/** A connection goes on under a newer token. */
@Injectable()
export class AuthRequests {
  constructor(private readonly tokens: TokenVerifier) {}

  handlers(): Pick<RequestHandlers, 'auth.refresh'> {
    return {
      'auth.refresh': { handle: ({ connection }, { token }) => this.refresh(connection, token) },
    };
  }

  /** What is refused changes nothing; the same token again is answered alike. */
  private async refresh(connection: Connection, token: string): Promise<AuthRefreshResult> {
    const actor = await this.tokens.verify(token);
    const { tenantId, userId, expiresAt } = connection.actor;
    if (actor.tenantId !== tenantId || actor.userId !== userId) throw new AppError('token.user_changed');
    if (actor.expiresAt < expiresAt) throw new AppError('token.not_later');
    connection.actor = actor;
    return { expiresAt: new Date(actor.expiresAt * 1_000).toISOString() };
  }
}

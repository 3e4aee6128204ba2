import { userIdPattern } from '@parley/contracts/dto';
import { AppError } from '@parley/contracts/wire';
import type { ServerActor } from './actor';
import { apiKeyHash, serverKeyPattern } from './credentials';
import type { KeyStore } from './key-store';
import { assertMayEnter, type UserStates } from './user-states';

/** Verifies server API keys, and the user that one acts for. */
export class ServerKeyVerifier {
  constructor(
    private readonly keys: Pick<KeyStore, 'findServerKey'>,
    private readonly users: Pick<UserStates, 'find'>,
  ) {}

  /**
   * `actAs` names the user that the key acts for; it must exist.
   * @throws AppError `token.invalid`, `token.revoked`, `tenant.suspended`, `user.not_found`, `user.deactivated`
   */
  async verify(key: string, actAs: string | null = null): Promise<ServerActor> {
    if (!serverKeyPattern.test(key)) throw new AppError('token.invalid');
    const row = await this.keys.findServerKey(apiKeyHash(key));
    if (row === null) throw new AppError('token.invalid');
    if (row.revoked_at !== null)
      throw new AppError('token.revoked', { message: 'This server key was revoked.' });
    if (row.tenant_status !== 'active') throw new AppError('tenant.suspended');
    if (actAs !== null) await this.assertActable(row.tenant_id, actAs);
    return { kind: 'server', tenantId: row.tenant_id, keyId: row.id, scopes: row.scopes, userId: actAs };
  }

  private async assertActable(tenantId: string, userId: string): Promise<void> {
    const user = userIdPattern.test(userId) ? await this.users.find(tenantId, userId) : null;
    if (user === null) throw new AppError('user.not_found');
    assertMayEnter(user);
  }
}

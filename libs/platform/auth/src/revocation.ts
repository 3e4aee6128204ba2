import type { Revocation } from '@parley/contracts/internal';
import type { ErrorCode } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import type { UserActor } from './actor';
import { systemRevocations, type RevocationRow } from './auth.functions';

/** Who was shut out since a time by PostgreSQL's clock, in all tenants. @throws AppError `service.unavailable` */
export async function readRevocations(db: Db, since: Date): Promise<Revocation[]> {
  return (await db.system.call(systemRevocations, since)).map(revocation);
}

/** Why this revocation ends what the token opened; undefined where it does not. */
export function isRevokedBy(
  actor: UserActor,
  revoked: Revocation,
): Extract<ErrorCode, 'token.revoked' | 'user.deactivated' | 'user.banned' | 'tenant.suspended'> | undefined {
  if (actor.tenantId !== revoked.tenantId) return undefined;
  switch (revoked.kind) {
    case 'tenant':
      return 'tenant.suspended';
    case 'key':
      return actor.keyId === revoked.keyId ? 'token.revoked' : undefined;
    case 'user':
      if (actor.userId !== revoked.userId) return undefined;
      if (revoked.deactivated) return 'user.deactivated';
      if (revoked.banned === true) return 'user.banned';
      return revoked.issuedUpTo !== null && actor.issuedAt * 1000 <= revoked.issuedUpTo
        ? 'token.revoked'
        : undefined;
  }
}

function revocation(row: RevocationRow): Revocation {
  const { tenant_id: tenantId, user_id: userId, key_id: keyId, issued_up_to, deactivated, banned } = row;
  if (userId !== null)
    return {
      kind: 'user',
      tenantId,
      userId,
      issuedUpTo: issued_up_to?.getTime() ?? null,
      deactivated,
      ...(banned ? { banned } : {}),
    };
  return keyId === null ? { kind: 'tenant', tenantId } : { kind: 'key', tenantId, keyId };
}

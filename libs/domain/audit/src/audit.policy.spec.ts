import { keyScopes, userRoles, type AppError } from '@parley/contracts/wire';
import { serverActor, userActor } from '@parley/testing';
import { assertMayReadAudit } from './audit.policy';

const tenantId = '019a0000-0000-7000-8000-000000000001';

function answer(act: () => void): string {
  try {
    act();
  } catch (error) {
    return (error as AppError).code;
  }
  return 'yes';
}

describe('S12: who may read the audit log', () => {
  it('admins of the tenant, and server keys with the scope', () => {
    const roles = userRoles.map((role) => [
      role,
      answer(() => {
        assertMayReadAudit(userActor(tenantId, 'ada', role));
      }),
    ]);
    expect(Object.fromEntries(roles)).toEqual({
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'yes',
    });
    const others = keyScopes.filter((scope) => scope !== 'audit');
    expect(answer(() => assertMayReadAudit(serverActor(tenantId, ['audit'])))).toBe('yes');
    expect(answer(() => assertMayReadAudit(serverActor(tenantId, others)))).toBe('scope.missing');
  });
});

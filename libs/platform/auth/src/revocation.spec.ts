import type { Revocation } from '@parley/contracts/internal';
import type { UserActor } from './actor';
import { isRevokedBy } from './revocation';

const actor: UserActor = {
  kind: 'user',
  tenantId: 't1',
  userId: 'ann',
  role: 'member',
  issuedAt: 1_000,
  expiresAt: 2_000,
  keyId: 'k1',
  invisible: false,
};
const user = { kind: 'user', tenantId: 't1', userId: 'ann', issuedUpTo: null, deactivated: false } as const;

describe('a revocation', () => {
  it.each<[string, Revocation, string | undefined]>([
    ['tokens issued up to a time', { ...user, issuedUpTo: 1_000_000 }, 'token.revoked'],
    ['not later ones', { ...user, issuedUpTo: 999_999 }, undefined],
    ['a deactivated user', { ...user, deactivated: true }, 'user.deactivated'],
    ['not a user who is active again', user, undefined],
    ['not other users', { ...user, userId: 'bob', deactivated: true }, undefined],
    ['not the same user id of another tenant', { ...user, tenantId: 't2', deactivated: true }, undefined],
    ['what its key signed', { kind: 'key', tenantId: 't1', keyId: 'k1' }, 'token.revoked'],
    ['not what another key signed', { kind: 'key', tenantId: 't1', keyId: 'k2' }, undefined],
    ['everybody of a suspended tenant', { kind: 'tenant', tenantId: 't1' }, 'tenant.suspended'],
    ['nobody of another tenant', { kind: 'tenant', tenantId: 't2' }, undefined],
  ])('S4: ends %s', (_, revoked, code) => {
    expect(isRevokedBy(actor, revoked)).toBe(code);
  });
});

import { OperatorKeys } from '@parley/domain/tenants';
import type { RunningApi, TestTenant } from '../running-api';

/** Everybody who may ask, S12. Those between `removed` and `owner` are, or were, in the conversation of the scene. */
export const roles = [
  'anonymous',
  'otherTenant',
  'stranger',
  'removed',
  'guest',
  'member',
  'admin',
  'owner',
  'moderator',
  'tenantAdmin',
  'serverKey',
  'operator',
] as const;
export type Role = (typeof roles)[number];

/** Their credentials; the users are there, with the roles of the tenant that they are named after. */
export class Cast {
  private constructor(
    readonly tenant: TestTenant,
    readonly credentials: Readonly<Record<Role, string | undefined>>,
  ) {}

  static async of(api: RunningApi): Promise<Cast> {
    const tenant = await api.tenant('matrix');
    const other = await api.tenant('other');
    const token = async (userId: string, role = 'member'): Promise<string> => {
      const { serverKey } = tenant;
      await api.call('PUT', `/v1/users/${userId}`, { token: serverKey, body: { name: userId, role } });
      return api.token(tenant, userId);
    };
    // Of whom requests are, and who ask for nothing.
    for (const other of ['bystander', 'banned']) await token(other);
    const operator = await api.app.get(OperatorKeys, { strict: false }).create('matrix');
    return new Cast(tenant, {
      anonymous: undefined,
      // The same id as the member's: another person.
      otherTenant: await api.token(other, 'member'),
      stranger: await token('stranger'),
      removed: await token('removed'),
      guest: await token('guest'),
      member: await token('member'),
      admin: await token('admin'),
      owner: await token('owner'),
      moderator: await token('moderator', 'moderator'),
      tenantAdmin: await token('tenantAdmin', 'admin'),
      serverKey: tenant.serverKey,
      operator: operator.secret,
    });
  }
}

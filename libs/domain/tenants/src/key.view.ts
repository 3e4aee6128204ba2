import type { KeyScope, KeyView } from '@parley/contracts/wire';

interface KeyRow {
  id: string;
  name: string;
  createdAt: Date;
  revokedAt: Date | null;
}

interface SigningKeyRow extends KeyRow {
  kid: string | null;
  jwksUrl: string | null;
  issuer: string | null;
  audience: string | null;
}

export function signingKeyView(row: SigningKeyRow): KeyView {
  const { kid, jwksUrl, issuer, audience } = row;
  return {
    ...common(row),
    kind: 'signing',
    ...(kid === null ? {} : { kid, algorithm: 'HS256' }),
    ...(jwksUrl === null ? {} : { jwksUrl }),
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
    ...revocation(row),
  };
}

export function serverKeyView(row: KeyRow & { scopes: string[] }): KeyView {
  return { ...common(row), kind: 'server', scopes: row.scopes as KeyScope[], ...revocation(row) };
}

function common({ id, name, createdAt }: KeyRow): Pick<KeyView, 'id' | 'name' | 'createdAt'> {
  return { id, name, createdAt: createdAt.toISOString() };
}

function revocation({ revokedAt }: KeyRow): Pick<KeyView, 'revokedAt'> {
  return revokedAt === null ? {} : { revokedAt: revokedAt.toISOString() };
}

import type { KeyScope, KeyView } from '@parley/contracts/wire';

interface KeyRow {
  id: string;
  name: string;
  createdAt: Date;
  revokedAt: Date | null;
}

export function signingKeyView(row: KeyRow & { kid: string }): KeyView {
  return { ...common(row), kind: 'signing', kid: row.kid, algorithm: 'HS256', ...revocation(row) };
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

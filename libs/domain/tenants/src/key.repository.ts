import { Injectable } from '@nestjs/common';
import { AppError, limits, type KeyScope, type KeyView } from '@parley/contracts/wire';
import { Db, type Tx } from '@parley/platform/database';
import { serverKeyView, signingKeyView } from './key.view';

/** What every signing key has; tokens are checked against issuer and audience where they are set. */
export interface SigningKeyFields {
  id: string;
  name: string;
  issuer?: string | undefined;
  audience?: string | undefined;
}

export interface NewSigningKey extends SigningKeyFields {
  kid: string;
  sealedSecret: Buffer;
}

export interface NewJwksSource extends SigningKeyFields {
  jwksUrl: string;
}

export interface NewServerKey {
  id: string;
  name: string;
  hash: Buffer;
  scopes: readonly KeyScope[];
}

/** A signing key with its sealed secret. */
export interface StoredSigningKey {
  kid: string;
  sealedSecret: Buffer;
  issuer: string | null;
  audience: string | null;
}

/** A signing key's row, as far as it is needed to sign. */
interface SigningRow {
  kid: string | null;
  secret: Uint8Array | null;
  issuer: string | null;
  audience: string | null;
}

/** Keys of one tenant in the database. Adding one whose kid or hash exists anywhere changes nothing. */
@Injectable()
export class KeyRepository {
  constructor(private readonly db: Db) {}

  async addSigningKey({ prisma, tenantId }: Tx, key: NewSigningKey): Promise<void> {
    const secret = Uint8Array.from(key.sealedSecret);
    await prisma.tenantKey.createMany({
      data: [{ ...columnsOf(key), tenantId, kid: key.kid, algorithm: 'HS256', secret }],
      skipDuplicates: true,
    });
  }

  /** @throws AppError `key.too_many` */
  async addJwksSource(tx: Tx, source: NewJwksSource): Promise<KeyView> {
    const { prisma, tenantId } = tx;
    // Two that come at once are counted one after the other.
    await tx.sql`SELECT id FROM tenant WHERE id = ${tenantId}::uuid FOR NO KEY UPDATE`;
    const count = await prisma.tenantKey.count({
      where: { tenantId, jwksUrl: { not: null }, revokedAt: null },
    });
    if (count >= limits.jwksUrlsPerTenant) throw new AppError('key.too_many');
    const data = { ...columnsOf(source), tenantId, jwksUrl: source.jwksUrl };
    return signingKeyView(await prisma.tenantKey.create({ data }));
  }

  async addServerKey({ prisma, tenantId }: Tx, key: NewServerKey): Promise<void> {
    const { id, name } = key;
    await prisma.serverKey.createMany({
      data: [{ id, tenantId, name, keyHash: Uint8Array.from(key.hash), scopes: [...key.scopes] }],
      skipDuplicates: true,
    });
  }

  async findSigningKey(tenantId: string, kid: string): Promise<StoredSigningKey | null> {
    return this.db.tx(tenantId, async ({ prisma }) =>
      storedSigningKey(await prisma.tenantKey.findFirst({ where: { tenantId, kid } })),
    );
  }

  /** The newest signing key with a secret that is not revoked. */
  async findNewestSigningKey(tenantId: string): Promise<StoredSigningKey | null> {
    const where = { tenantId, revokedAt: null, secret: { not: null } };
    return this.db.tx(tenantId, async ({ prisma }) =>
      storedSigningKey(
        await prisma.tenantKey.findFirst({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] }),
      ),
    );
  }

  async hasServerKey({ prisma, tenantId }: Tx, hash?: Buffer): Promise<boolean> {
    const where = { tenantId, ...(hash === undefined ? {} : { keyHash: Uint8Array.from(hash) }) };
    return (await prisma.serverKey.findFirst({ where, select: { id: true } })) !== null;
  }

  /** Oldest first. */
  async list(tenantId: string): Promise<KeyView[]> {
    return this.db.tx(tenantId, async (tx) => {
      const keys = [...(await signingViews(tx)), ...(await serverViews(tx))];
      return keys.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
    });
  }

  /** The key with the time of its first revocation, null when the tenant has no such key; whether this was the first. */
  async revoke(tx: Tx, id: string): Promise<{ key: KeyView | null; changed: boolean }> {
    const active = { where: { tenantId: tx.tenantId, id, revokedAt: null }, data: { revokedAt: new Date() } };
    const signing = await tx.prisma.tenantKey.updateMany(active);
    const server = await tx.prisma.serverKey.updateMany(active);
    const [key] = [...(await signingViews(tx, id)), ...(await serverViews(tx, id))];
    return { key: key ?? null, changed: signing.count + server.count > 0 };
  }
}

function columnsOf({ id, name, issuer, audience }: SigningKeyFields) {
  return { id, name, issuer: issuer ?? null, audience: audience ?? null };
}

async function signingViews({ prisma, tenantId }: Tx, id?: string): Promise<KeyView[]> {
  const rows = await prisma.tenantKey.findMany({ where: { tenantId, ...(id === undefined ? {} : { id }) } });
  return rows.map(signingKeyView);
}

async function serverViews({ prisma, tenantId }: Tx, id?: string): Promise<KeyView[]> {
  const rows = await prisma.serverKey.findMany({ where: { tenantId, ...(id === undefined ? {} : { id }) } });
  return rows.map(serverKeyView);
}

function storedSigningKey(row: SigningRow | null): StoredSigningKey | null {
  if (row === null || row.kid === null || row.secret === null) return null;
  return { kid: row.kid, sealedSecret: Buffer.from(row.secret), issuer: row.issuer, audience: row.audience };
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createSecretKey } from 'node:crypto';
import { base64url, SignJWT, type JWK, type JWTPayload } from 'jose';
import type { AppError } from '@parley/contracts/wire';
import type { Db } from '@parley/platform/database';
import type { Log } from '@parley/platform/telemetry';
import type { JwksSourceRow } from '../auth.functions';
import { TokenVerifier } from '../token-verifier';
import { JwksError } from './jwks-reader';
import { sourceTimes } from './key-source';
import { publicAlgorithms, readPublicKeys, type PublicKeys } from './public-keys';
import { PublishedKeys } from './published-keys';

const acme = '019a0000-0000-7000-8000-00000000000a';
const bolt = '019a0000-0000-7000-8000-00000000000b';
const pairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
} as const;

/** Tenants' sources and what is published there, without a network. */
class World {
  now = 0;
  readonly rows: JwksSourceRow[] = [];
  /** By URL; a promise that never resolves is a source that hangs. */
  readonly published = new Map<string, JWK[] | Promise<PublicKeys>>();
  readonly read = jest.fn(async (url: string): Promise<PublicKeys> => {
    const keys = this.published.get(url);
    if (keys === undefined) throw new JwksError('away');
    return Array.isArray(keys) ? readPublicKeys(JSON.stringify({ keys })) : keys;
  });
  readonly keys: PublishedKeys;
  readonly verifier: TokenVerifier;

  constructor() {
    const call = async (_: unknown, tenantId: string): Promise<JwksSourceRow[]> =>
      this.rows.filter((row) => row.tenant_id === tenantId);
    const db = { system: { call } } as unknown as Db;
    const log = { warn: () => undefined } as unknown as Log;
    this.keys = new PublishedKeys(db, { read: this.read }, log, () => this.now);
    const state = {
      tenantStatus: 'active',
      role: 'member',
      tokensValidAfter: null,
      deactivated: false,
      invisible: false,
      banned: false,
    } as const;
    this.verifier = new TokenVerifier(
      { secrets: { findSigningKey: async () => null }, published: this.keys },
      { seen: async () => state },
    );
  }

  source(tenantId: string, changes: Partial<JwksSourceRow> = {}): JwksSourceRow {
    const id = crypto.randomUUID();
    const row: JwksSourceRow = {
      id,
      tenant_id: tenantId,
      tenant_status: 'active',
      jwks_url: `https://keys.example/${id}`,
      issuer: null,
      audience: null,
      ...changes,
    };
    this.rows.push(row);
    return row;
  }

  publish({ jwks_url: url }: JwksSourceRow, ...keys: { kid: string; publicKey: KeyObject }[]): void {
    this.published.set(
      url,
      keys.map(({ kid, publicKey }) => ({ ...(publicKey.export({ format: 'jwk' }) as JWK), kid })),
    );
  }

  async code(token: string): Promise<string> {
    const refusal = (error: AppError): string => error.code;
    return this.verifier.verify(token).then(({ tenantId, userId }) => `${tenantId} ${userId}`, refusal);
  }
}

interface TokenOf {
  alg: string;
  key: KeyObject | Uint8Array;
  tid?: string;
  header?: object;
  claims?: JWTPayload;
}

function sign({ alg, key, tid = acme, header = {}, claims = {} }: TokenOf): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ sub: 'ada', tid, iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg, kid: 'k', ...header })
    .sign(key);
}

describe('S9: tokens by published keys', () => {
  it.each(publicAlgorithms)('%s lets its user in', async (alg) => {
    const world = new World();
    const pair = pairs[alg]();
    world.publish(world.source(acme), { kid: 'k', publicKey: pair.publicKey });
    expect(await world.code(await sign({ alg, key: pair.privateKey }))).toBe(`${acme} ada`);
  });

  it('S7: a token has its key’s algorithm and no other', async () => {
    const world = new World();
    const rsa = pairs.RS256();
    world.publish(world.source(acme), { kid: 'k', publicKey: rsa.publicKey });
    for (const alg of ['RS384', 'RS512', 'PS256'])
      expect(await world.code(await sign({ alg, key: rsa.privateKey }))).toBe('token.invalid');
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;
    const byPublicKey = await sign({ alg: 'HS256', key: createSecretKey(Buffer.from(pem)) });
    expect(await world.code(byPublicKey)).toBe('token.invalid');
    const other = await sign({ alg: 'ES256', key: pairs.ES256().privateKey });
    expect(await world.code(other)).toBe('token.invalid');
    expect(await world.code(await sign({ alg: 'RS256', key: pairs.RS256().privateKey }))).toBe(
      'token.invalid',
    );
  });

  it('S8: keys and addresses that a token brings along are not read', async () => {
    const world = new World();
    const source = world.source(acme);
    const [own, evil] = [pairs.ES256(), pairs.ES256()];
    world.publish(source, { kid: 'k', publicKey: own.publicKey });
    const header = {
      jwk: evil.publicKey.export({ format: 'jwk' }),
      jku: 'https://evil.example/jwks',
      x5u: 'https://evil.example/cert',
      x5c: ['AAAA'],
    };
    expect(await world.code(await sign({ alg: 'ES256', key: evil.privateKey, header }))).toBe(
      'token.invalid',
    );
    expect(await world.code(await sign({ alg: 'ES256', key: own.privateKey, header }))).toBe(`${acme} ada`);
    expect(world.read.mock.calls.every(([url]) => url === source.jwks_url)).toBe(true);
  });

  it.each(['../../etc/passwd', "' OR 1=1 --", 'k'.repeat(10_240), '', 7, ['k'], undefined, 'k\u0000'])(
    'S8: the kid %.20p is not looked up',
    async (kid) => {
      const world = new World();
      world.source(acme);
      const parts = [
        { alg: 'ES256', kid },
        { sub: 'ada', tid: acme },
      ].map((part) => base64url.encode(JSON.stringify(part)));
      expect(await world.code(`${parts.join('.')}.AAAA`)).toBe('token.invalid');
      expect(world.read).not.toHaveBeenCalled();
    },
  );

  it.each([undefined, '', 'acme', 5, [acme], `${acme}x`])('a tid that is %p is nobody’s', async (tid) => {
    const world = new World();
    const token = await sign({ alg: 'ES256', key: pairs.ES256().privateKey, claims: { tid } });
    expect(await world.code(token)).toBe('token.invalid');
  });

  it('two tenants with one kid each know their own key alone', async () => {
    const world = new World();
    const [ours, theirs] = [pairs.ES256(), pairs.ES256()];
    world.publish(world.source(acme), { kid: 'k', publicKey: ours.publicKey });
    world.publish(world.source(bolt), { kid: 'k', publicKey: theirs.publicKey });
    for (let round = 0; round < 2; round += 1) {
      expect(await world.code(await sign({ alg: 'ES256', key: ours.privateKey }))).toBe(`${acme} ada`);
      expect(await world.code(await sign({ alg: 'ES256', key: theirs.privateKey, tid: bolt }))).toBe(
        `${bolt} ada`,
      );
      expect(await world.code(await sign({ alg: 'ES256', key: ours.privateKey, tid: bolt }))).toBe(
        'token.invalid',
      );
      expect(await world.code(await sign({ alg: 'ES256', key: theirs.privateKey }))).toBe('token.invalid');
    }
  });

  it('a tenant that publishes another’s key opens nothing of the other’s', async () => {
    const world = new World();
    const [theirs, evil] = [pairs.ES256(), pairs.ES256()];
    world.publish(world.source(bolt), { kid: 'k', publicKey: theirs.publicKey });
    world.publish(world.source(acme), { kid: 'k', publicKey: evil.publicKey });
    expect(await world.code(await sign({ alg: 'ES256', key: evil.privateKey, tid: bolt }))).toBe(
      'token.invalid',
    );
  });

  it('S7: iss and aud are checked where the source has them', async () => {
    const world = new World();
    const pair = pairs.ES256();
    const source = world.source(acme, { issuer: 'https://login.example', audience: 'parley' });
    world.publish(source, { kid: 'k', publicKey: pair.publicKey });
    const of = (claims: JWTPayload): Promise<string> => sign({ alg: 'ES256', key: pair.privateKey, claims });
    expect(await world.code(await of({ iss: 'https://login.example', aud: ['parley'] }))).toBe(`${acme} ada`);
    for (const claims of [
      {},
      { iss: 'https://login.example' },
      { iss: 'https://evil.example', aud: 'parley' },
    ])
      expect(await world.code(await of(claims))).toBe('token.invalid');
  });

  it('several sources hold at once; one that hangs holds up neither the others nor another tenant', async () => {
    const world = new World();
    const [ours, second] = [pairs.ES256(), pairs.ES256()];
    const dead = world.source(acme);
    world.published.set(dead.jwks_url, new Promise<never>(() => undefined));
    world.publish(world.source(acme), { kid: 'k', publicKey: ours.publicKey });
    world.publish(world.source(bolt), { kid: 'k', publicKey: second.publicKey });
    expect(await world.code(await sign({ alg: 'ES256', key: ours.privateKey }))).toBe(`${acme} ada`);
    expect(await world.code(await sign({ alg: 'ES256', key: second.privateKey, tid: bolt }))).toBe(
      `${bolt} ada`,
    );
  });

  it('while no key can be had, the answer is to try again, and not that the token is wrong', async () => {
    const world = new World();
    const pair = pairs.ES256();
    const source = world.source(acme);
    const token = await sign({ alg: 'ES256', key: pair.privateKey });
    expect(await world.code(token)).toBe('service.unavailable');
    world.publish(source, { kid: 'k', publicKey: pair.publicKey });
    world.now = sourceTimes.betweenFirstFetches;
    expect(await world.code(token)).toBe(`${acme} ada`);
    world.published.delete(source.jwks_url);
    world.now += 10 * sourceTimes.fresh;
    expect(await world.code(token)).toBe(`${acme} ada`);
    expect(
      await world.code(await sign({ alg: 'ES256', key: pair.privateKey, header: { kid: 'other' } })),
    ).toBe('token.invalid');
  });

  it('rotation under load: no token of the old or the new key fails', async () => {
    const world = new World();
    const [old, next] = [pairs.ES256(), pairs.ES256()];
    const source = world.source(acme);
    const oldKey = { kid: 'old', publicKey: old.publicKey };
    const nextKey = { kid: 'next', publicKey: next.publicKey };
    world.publish(source, oldKey);
    const oldToken = await sign({ alg: 'ES256', key: old.privateKey, header: { kid: 'old' } });
    const nextToken = await sign({ alg: 'ES256', key: next.privateKey, header: { kid: 'next' } });
    const burst = async (...tokens: string[]): Promise<Set<string>> =>
      new Set(
        await Promise.all(tokens.flatMap((token) => Array.from({ length: 50 }, () => world.code(token)))),
      );
    expect(await burst(oldToken)).toEqual(new Set([`${acme} ada`]));
    world.publish(source, oldKey, nextKey);
    world.now += sourceTimes.betweenFetches;
    expect(await burst(oldToken, nextToken)).toEqual(new Set([`${acme} ada`]));
    world.publish(source, nextKey);
    expect(await burst(oldToken, nextToken)).toEqual(new Set([`${acme} ada`]));
    world.now += sourceTimes.fresh + 1;
    await world.code(nextToken);
    await new Promise(setImmediate);
    expect(await world.code(oldToken)).toBe('token.invalid');
    expect(world.read).toHaveBeenCalledTimes(3);
  });

  it('a tenant without sources costs no fetch', async () => {
    const world = new World();
    expect(await world.code(await sign({ alg: 'ES256', key: pairs.ES256().privateKey }))).toBe(
      'token.invalid',
    );
    expect(world.read).not.toHaveBeenCalled();
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { base64url, SignJWT, UnsecuredJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { SigningKey } from './signing-key';
import { signatureCheck } from './token-signature';
import { TokenVerifier } from './token-verifier';
import type { UserState } from './user-states';

const tenantId = '019a0000-0000-7000-8000-000000000001';
const secret = Buffer.from('a signing secret of at least thirty-two bytes');
const now = (): number => Math.floor(Date.now() / 1000);

interface Fixture {
  key?: Partial<SigningKey>;
  user?: Partial<UserState> | null;
}

function fixture({ key, user }: Fixture = {}) {
  const signingKey: SigningKey = {
    id: 'key',
    tenantId,
    tenantStatus: 'active',
    algorithm: 'HS256',
    issuer: null,
    audience: null,
    revoked: false,
    check: signatureCheck('HS256', secret),
    ...key,
  };
  const state: UserState = {
    tenantStatus: 'active',
    role: 'member',
    tokensValidAfter: null,
    deactivated: false,
    invisible: false,
    banned: false,
    ...user,
  };
  const findSigningKey = jest.fn(async (kid: string) => (kid === 'pk_1' ? signingKey : null));
  const seen = jest.fn(async () => (user === null ? null : state));
  const find = jest.fn(async () => null);
  const keys = { secrets: { findSigningKey }, published: { find } };
  return { verifier: new TokenVerifier(keys, { seen }), findSigningKey, find, seen };
}

const claims = (changes: JWTPayload = {}): JWTPayload => ({
  sub: 'ada',
  tid: tenantId,
  iat: now(),
  exp: now() + 60,
  ...changes,
});

function sign(
  payload: JWTPayload = claims(),
  header: Partial<JWTHeaderParameters> = {},
  key = secret,
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'pk_1', ...header }).sign(key);
}

/** A token put together by hand, for headers that no library would write. */
function forge(header: unknown, payload: unknown = claims(), signature = 'AAAA'): string {
  return [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join('.') + `.${signature}`;
}

describe('TokenVerifier', () => {
  it('makes a user actor of a good token and hands the name to the first sight', async () => {
    const { verifier, seen } = fixture();
    const [iat, exp] = [now(), now() + 60];
    await expect(
      verifier.verify(await sign(claims({ name: 'Ada', iat, exp }), { typ: 'JWT' })),
    ).resolves.toEqual({
      kind: 'user',
      tenantId,
      userId: 'ada',
      role: 'member',
      issuedAt: iat,
      expiresAt: exp,
      keyId: 'key',
      invisible: false,
    });
    expect(seen).toHaveBeenCalledWith(tenantId, 'ada', 'Ada');
  });

  it.each([
    ['an object', { first: 'Ada' }],
    ['too long', 'x'.repeat(201)],
    ['a null byte', 'A\u0000'],
    ['blank', '  '],
  ])('leaves out a name that is %s', async (_, name) => {
    const { verifier, seen } = fixture();
    await verifier.verify(await sign(claims({ name })));
    expect(seen).toHaveBeenCalledWith(tenantId, 'ada', null);
  });

  describe('S7: the algorithm is the key’s, never the token’s', () => {
    it('refuses alg none', async () => {
      const { verifier } = fixture();
      for (const alg of ['none', 'None', '']) {
        await expect(verifier.verify(forge({ alg, kid: 'pk_1' }, claims(), ''))).rejects.toMatchObject({
          code: 'token.invalid',
        });
      }
      const unsecured = new UnsecuredJWT(claims()).encode();
      await expect(verifier.verify(unsecured)).rejects.toMatchObject({ code: 'token.invalid' });
    });

    it('refuses a foreign family and another size of the same family', async () => {
      const { verifier } = fixture();
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const es256 = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', kid: 'pk_1' })
        .sign(privateKey);
      await expect(verifier.verify(es256)).rejects.toMatchObject({ code: 'token.invalid' });
      await expect(verifier.verify(await sign(claims(), { alg: 'HS512' }))).rejects.toMatchObject({
        code: 'token.invalid',
      });
    });

    it('refuses a token signed with another secret, and one whose claims were changed', async () => {
      const { verifier } = fixture();
      const other = await sign(claims(), {}, Buffer.from('another secret of at least thirty-two bytes'));
      await expect(verifier.verify(other)).rejects.toMatchObject({ code: 'token.invalid' });
      const [header, , signature] = (await sign()).split('.');
      const changed = `${header}.${base64url.encode(JSON.stringify(claims({ sub: 'eve' })))}.${signature}`;
      await expect(verifier.verify(changed)).rejects.toMatchObject({ code: 'token.invalid' });
    });
  });

  describe('S7: claims', () => {
    const refused = [
      ['another tenant', { tid: '019a0000-0000-7000-8000-000000000002' }],
      ['no tid', { tid: undefined }],
      ['a tid that is no text', { tid: [tenantId] }],
      ['no sub', { sub: undefined }],
      ['an empty sub', { sub: '' }],
      ['a sub with control characters', { sub: 'a\nb' }],
      ['a sub of 129 characters', { sub: 'x'.repeat(129) }],
      ['a sub that is a number', { sub: 5 }],
      ['no iat', { iat: undefined }],
      ['an iat in the future', { iat: now() + 600 }],
      ['no exp', { exp: undefined }],
      ['an exp that is text', { exp: '2999-01-01' }],
      ['an exp beyond all time', { exp: 1e300 }],
      ['an nbf in the future', { nbf: now() + 600 }],
    ] as [string, JWTPayload][];
    it.each(refused)('refuses %s', async (_, changes) => {
      const { verifier, seen } = fixture();
      const payload = base64url.encode(JSON.stringify(claims(changes)));
      const signed = await signRaw(payload);
      await expect(verifier.verify(signed)).rejects.toMatchObject({ code: 'token.invalid' });
      expect(seen).not.toHaveBeenCalled();
    });

    it('says that a token has expired', async () => {
      const { verifier } = fixture();
      const old = await sign(claims({ iat: now() - 120, exp: now() - 61 }));
      await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'token.expired' });
    });

    it('bears clocks that stand a few seconds apart', async () => {
      const { verifier } = fixture();
      await expect(
        verifier.verify(await sign(claims({ iat: now() + 5, nbf: now() + 5 }))),
      ).resolves.toBeDefined();
    });

    it('checks iss and aud where the key has them', async () => {
      const { verifier } = fixture({ key: { issuer: 'https://host.example', audience: 'parley' } });
      const good = claims({ iss: 'https://host.example', aud: 'parley' });
      await expect(verifier.verify(await sign(good))).resolves.toBeDefined();
      for (const changes of [
        { iss: 'https://evil.example' },
        { iss: undefined },
        { aud: 'other' },
        { aud: undefined },
      ]) {
        await expect(verifier.verify(await sign({ ...good, ...changes }))).rejects.toMatchObject({
          code: 'token.invalid',
        });
      }
    });

    it.each(['upload', 'at+jwt', 5, null])('refuses typ %p', async (typ) => {
      const { verifier } = fixture();
      const token = await signRaw(base64url.encode(JSON.stringify(claims())), {
        alg: 'HS256',
        kid: 'pk_1',
        typ,
      });
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token.invalid' });
    });
  });

  describe('S8: a token brings no key along', () => {
    it('ignores jku, x5u and jwk', async () => {
      const { verifier } = fixture();
      const evil = Buffer.from('the attacker’s own secret, thirty-two bytes');
      const brought = {
        jku: 'https://evil.example/keys',
        x5u: 'https://evil.example/cert',
        jwk: { kty: 'oct', k: base64url.encode(evil) },
      };
      await expect(verifier.verify(await sign(claims(), brought, evil))).rejects.toMatchObject({
        code: 'token.invalid',
      });
      await expect(verifier.verify(await sign(claims(), brought))).resolves.toMatchObject({ userId: 'ada' });
    });

    it('refuses crit', async () => {
      const { verifier } = fixture();
      const token = forge({ alg: 'HS256', kid: 'pk_1', crit: ['b64'], b64: true });
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token.invalid' });
    });

    it.each([
      ['a path', '../../etc/passwd'],
      ['SQL', "' OR 1=1 --"],
      ['10 KB', 'k'.repeat(10_240)],
      ['65 characters', 'k'.repeat(65)],
      ['empty', ''],
      ['a number', 7],
      ['a list', ['pk_1']],
      ['absent', undefined],
      ['a null byte', 'pk_1\u0000'],
    ])('a kid that is %s is not looked up', async (_, kid) => {
      const { verifier, findSigningKey } = fixture();
      await expect(verifier.verify(forge({ alg: 'HS256', kid }))).rejects.toMatchObject({
        code: 'token.invalid',
      });
      expect(findSigningKey).not.toHaveBeenCalled();
    });

    it('refuses an unknown kid', async () => {
      const { verifier } = fixture();
      await expect(verifier.verify(await sign(claims(), { kid: 'pk_2' }))).rejects.toMatchObject({
        code: 'token.invalid',
      });
    });
  });

  it.each(['garbage', 'a.b.c', '..', 'x'.repeat(10_000), '{}', forge([]), forge(null), forge('text')])(
    'refuses what is no token (%#)',
    async (token) => {
      await expect(fixture().verifier.verify(token)).rejects.toMatchObject({ code: 'token.invalid' });
    },
  );

  it('says that a token is missing', async () => {
    await expect(fixture().verifier.verify('')).rejects.toMatchObject({ code: 'token.missing' });
  });

  it('S11: refuses tokens issued at or before tokens_valid_after', async () => {
    const issued = now();
    const at = (seconds: number) =>
      fixture({ user: { tokensValidAfter: new Date(seconds * 1000) } }).verifier;
    const token = await sign(claims({ iat: issued }));
    await expect(at(issued).verify(token)).rejects.toMatchObject({ code: 'token.revoked' });
    await expect(at(issued + 0.5).verify(token)).rejects.toMatchObject({ code: 'token.revoked' });
    await expect(at(issued - 1).verify(token)).resolves.toBeDefined();
  });

  it.each([
    ['token.revoked', { key: { revoked: true } }],
    ['tenant.suspended', { key: { tenantStatus: 'suspended' } }],
    ['user.deactivated', { user: { deactivated: true } }],
    ['token.invalid', { user: null }],
  ] as [string, Fixture][])('answers %s only to a token whose signature is right', async (code, given) => {
    const { verifier } = fixture(given);
    await expect(verifier.verify(await sign())).rejects.toMatchObject({ code });
    const forged = await sign(claims(), {}, Buffer.from('another secret of at least thirty-two bytes'));
    await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'token.invalid' });
  });
});

/** Signs a payload (and header) as they are, also those that SignJWT would refuse to write. */
async function signRaw(payload: string, header: unknown = { alg: 'HS256', kid: 'pk_1' }): Promise<string> {
  const { createHmac } = await import('node:crypto');
  const input = `${base64url.encode(JSON.stringify(header))}.${payload}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

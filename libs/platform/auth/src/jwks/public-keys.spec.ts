import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, type JWK, type JWTPayload } from 'jose';
import { readPublicKeys, type PublicAlgorithm } from './public-keys';

const pairs: Record<PublicAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }> = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
const jwk = (algorithm: PublicAlgorithm, more: object = {}): JWK => ({
  ...(pairs[algorithm].publicKey.export({ format: 'jwk' }) as JWK),
  kid: 'k',
  ...more,
});
const claims = (): JWTPayload => {
  const now = Math.floor(Date.now() / 1_000);
  return { sub: 'ada', tid: 'tenant', iat: now, exp: now + 60 };
};
const read = (...keys: unknown[]) => readPublicKeys(JSON.stringify({ keys }));

describe('S9: the keys of a JWK Set', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('%s: the algorithm is the key’s', async (algorithm) => {
    const forms = [
      {},
      { use: 'sig' },
      { alg: algorithm },
      { key_ops: ['verify'] },
      { key_ops: ['sign', 'verify'] },
    ];
    for (const form of forms) {
      const key = read(jwk(algorithm, form)).get('k');
      expect(key?.algorithm).toBe(algorithm);
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: algorithm })
        .sign(pairs[algorithm].privateKey);
      expect(key?.check(token)).toMatchObject({ sub: 'ada' });
    }
  });

  it.each([
    ['for encryption', jwk('RS256', { use: 'enc' })],
    ['that do not verify', jwk('RS256', { key_ops: ['encrypt'] })],
    ['without a kid', { ...jwk('RS256'), kid: undefined }],
    ['whose kid is a path', jwk('RS256', { kid: '../../etc/passwd' })],
    ['whose kid is too long', jwk('RS256', { kid: 'k'.repeat(257) })],
    ['whose kid is a number', jwk('RS256', { kid: 5 })],
    ['of another algorithm', jwk('RS256', { alg: 'RS512' })],
    ['of an algorithm of another kind', jwk('RS256', { alg: 'ES256' })],
    ['that are shared secrets', { kty: 'oct', k: 'c2VjcmV0', kid: 'k', alg: 'HS256' }],
    [
      'of another curve',
      {
        ...(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }) as JWK),
        kid: 'k',
      },
    ],
    ['with a point off the curve', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'k' }],
    [
      'of too few bits',
      {
        ...(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' }) as JWK),
        kid: 'k',
      },
    ],
    ['of too many bits', jwk('RS256', { n: Buffer.alloc(1_024, 0xff).toString('base64url') })],
    ['of zeros', jwk('RS256', { n: Buffer.alloc(512).toString('base64url') })],
    ['with a huge exponent', jwk('RS256', { e: Buffer.alloc(256, 0xff).toString('base64url') })],
    ['that are no objects', 'key'],
    ['that are null', null],
  ])('leaves out keys %s', async (_, key) => {
    const keys = read(key, jwk('ES256', { kid: 'good' }));
    expect([...keys.keys()]).toEqual(['good']);
  });

  it('drops a private half that somebody published', async () => {
    const leaked = { ...(pairs.EdDSA.privateKey.export({ format: 'jwk' }) as JWK), kid: 'k' };
    const key = read(leaked).get('k');
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(pairs.EdDSA.privateKey);
    expect(key?.check(token)).toMatchObject({ sub: 'ada' });
  });

  it('of two with one kid the first counts', async () => {
    const keys = read(jwk('RS256'), jwk('ES256'));
    expect(keys.size).toBe(1);
    expect(keys.get('k')?.algorithm).toBe('RS256');
  });

  it.each(['', 'no JSON', '[]', 'null', '{}', '{"keys":{}}', JSON.stringify({ keys: Array(65).fill({}) })])(
    '%.20s is none',
    (text) => {
      expect(() => readPublicKeys(text)).toThrow(SyntaxError);
    },
  );
});

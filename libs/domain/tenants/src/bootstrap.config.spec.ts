import { loadConfig } from '@parley/platform/config';
import { authConfig, newServerKey } from '@parley/platform/auth';
import { bootstrapConfig } from './bootstrap.config';

const good = {
  BOOTSTRAP_TENANT_NAME: 'Acme',
  BOOTSTRAP_TENANT_ID: '0198c0de-0000-7000-8000-000000000001',
  BOOTSTRAP_SERVER_KEY: newServerKey(),
  BOOTSTRAP_SIGNING_KID: 'pk_first',
  JWT_SECRET: 'qTlh4wR9s0Zb7YcK2nXv8dJm5Pf1GuEo',
};

describe('bootstrap settings', () => {
  it('are all optional', () => {
    expect(loadConfig([bootstrapConfig], {}).bootstrap.tenantName).toBeUndefined();
    expect(loadConfig([bootstrapConfig], good).bootstrap).toMatchObject({
      tenantName: 'Acme',
      signingKid: 'pk_first',
    });
  });

  it.each([
    ['BOOTSTRAP_TENANT_ID', '0198C0DE-0000-7000-8000-000000000001'],
    ['BOOTSTRAP_TENANT_ID', 'acme'],
    ['BOOTSTRAP_SERVER_KEY', 'psk_short'],
    ['BOOTSTRAP_SIGNING_KID', '../../etc'],
    ['JWT_SECRET', 'too short a secret'],
  ])('name %s when it is wrong', (name, value) => {
    expect(() => loadConfig([bootstrapConfig], { ...good, [name]: value })).toThrow(name);
  });

  it('S39, A-20: a JWT_SECRET that is short, weak or a sample stops the boot with one sentence that does not show it', () => {
    const weak = {
      'your-super-secure-secret-here':
        /^JWT_SECRET must be text of at least 32 characters, but its value is something else/,
      'your-super-secure-jwt-secret-here':
        /^JWT_SECRET contains a word of samples: it must be a random secret/,
      'change-me-change-me-change-me-change-me': /^JWT_SECRET contains a word of samples/,
      abababababababababababababababababab: /^JWT_SECRET is easy to guess/,
    };
    for (const environment of ['development', 'test', 'production'])
      for (const [secret, sentence] of Object.entries(weak)) {
        const load = (): unknown =>
          loadConfig([bootstrapConfig], { ...good, JWT_SECRET: secret, NODE_ENV: environment });
        expect(load).toThrow(sentence);
        expect(load).not.toThrow(secret);
        expect(load).not.toThrow('\n');
      }
    expect(loadConfig([bootstrapConfig], good).bootstrap.signingSecret).toBe(good.JWT_SECRET);
  });

  it('S39: a secrets key is 32 bytes in base64, and an error does not show it', () => {
    const load = (SECRETS_KEY: string) => () => loadConfig([authConfig], { SECRETS_KEY });
    expect(load('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=')).not.toThrow();
    expect(load('not-32-bytes')).toThrow(/SECRETS_KEY must be 32 random bytes in base64/);
    expect(load('not-32-bytes')).not.toThrow(/not-32-bytes/);
  });
});

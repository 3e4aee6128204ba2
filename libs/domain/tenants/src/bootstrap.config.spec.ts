import { loadConfig } from '@parley/platform/config';
import { authConfig, newServerKey } from '@parley/platform/auth';
import { bootstrapConfig } from './bootstrap.config';

const good = {
  BOOTSTRAP_TENANT_NAME: 'Acme',
  BOOTSTRAP_TENANT_ID: '0198c0de-0000-7000-8000-000000000001',
  BOOTSTRAP_SERVER_KEY: newServerKey(),
  BOOTSTRAP_SIGNING_KID: 'pk_first',
  BOOTSTRAP_SIGNING_SECRET: 'qTlh4wR9s0Zb7YcK2nXv8dJm5Pf1GuEo',
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
    ['BOOTSTRAP_SIGNING_SECRET', 'too short a secret'],
  ])('name %s when it is wrong', (name, value) => {
    expect(() => loadConfig([bootstrapConfig], { ...good, [name]: value })).toThrow(name);
  });

  it('S39: a secrets key is 32 bytes in base64, and an error does not show it', () => {
    const load = (SECRETS_KEY: string) => () => loadConfig([authConfig], { SECRETS_KEY });
    expect(load('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=')).not.toThrow();
    expect(load('not-32-bytes')).toThrow(/SECRETS_KEY must be 32 random bytes in base64/);
    expect(load('not-32-bytes')).not.toThrow(/not-32-bytes/);
  });
});

import { installationEnvironment } from './environment';

const secrets = {
  secretsKey: 'made-key',
  adminPassword: 'a',
  appPassword: 'b',
  systemPassword: 'c',
  demoTenantId: 'tenant',
  demoServerKey: 'psk_x',
  demoSigningKid: 'pk_x',
  demoSigningSecret: 's',
};
const parts = {
  databaseUrl: 'postgresql://app',
  databaseSystemUrl: 'postgresql://system',
  redisUrl: 'redis://made',
};

describe('the environment of the processes', () => {
  it('fills what was not given', () => {
    const environment = installationEnvironment({ PATH: '/bin', REDIS_URL: '' }, secrets, parts);
    expect(environment).toMatchObject({
      PATH: '/bin',
      DATABASE_URL: 'postgresql://app',
      REDIS_URL: 'redis://made',
      SECRETS_KEY: 'made-key',
      BOOTSTRAP_TENANT_ID: 'tenant',
    });
    expect(environment).not.toHaveProperty('NODE_ENV');
  });

  it('lets what was given win, also when it was given as a file', () => {
    const given = { DATABASE_URL: 'postgresql://own', SECRETS_KEY_FILE: '/run/secrets/key', DRAIN_MS: '100' };
    const environment = installationEnvironment(given, secrets, parts);
    expect(environment).toMatchObject(given);
    expect(environment).not.toHaveProperty('SECRETS_KEY');
  });

  it('A-20: a JWT_SECRET that was given is not sealed under the kid of the one that was made', () => {
    const made = installationEnvironment({}, secrets, parts);
    expect(made).toMatchObject({ BOOTSTRAP_SIGNING_KID: 'pk_x', JWT_SECRET: 's' });
    const given = { JWT_SECRET: 'own' };
    expect(installationEnvironment(given, secrets, parts)).not.toHaveProperty('BOOTSTRAP_SIGNING_KID');
    const named = { JWT_SECRET_FILE: '/run/secrets/jwt', BOOTSTRAP_SIGNING_KID: 'pk_own' };
    expect(installationEnvironment(named, secrets, parts)).toMatchObject(named);
  });

  it("keeps the administrator's login from every process", () => {
    const given = { DATABASE_ADMIN_URL: 'postgresql://admin', DATABASE_ADMIN_URL_FILE: '/run/secrets/admin' };
    expect(Object.keys(installationEnvironment(given, secrets, parts)).join()).not.toContain('ADMIN');
  });

  it('has no Redis where there is none', () => {
    expect(installationEnvironment({}, secrets, { ...parts, redisUrl: undefined })).not.toHaveProperty(
      'REDIS_URL',
    );
  });
});

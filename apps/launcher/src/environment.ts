import type { Secrets } from './secrets';

export type Environment = Record<string, string>;

/** Where the parts are that every process uses, embedded or not. */
export interface Parts {
  databaseUrl: string;
  databaseSystemUrl: string;
  redisUrl: string | undefined;
}

export const drainMs = 3_000;

/**
 * The settings of this installation: what the person gave wins, the rest is what a production file would say. The processes
 * read it by the schema of production.
 */
export function installationEnvironment(
  given: NodeJS.ProcessEnv,
  secrets: Secrets,
  parts: Parts,
): Environment {
  const made: Record<string, string | undefined> = {
    DATABASE_URL: parts.databaseUrl,
    DATABASE_SYSTEM_URL: parts.databaseSystemUrl,
    REDIS_URL: parts.redisUrl,
    SECRETS_KEY: secrets.secretsKey,
    BOOTSTRAP_TENANT_NAME: 'Demo',
    BOOTSTRAP_TENANT_ID: secrets.demoTenantId,
    BOOTSTRAP_SERVER_KEY: secrets.demoServerKey,
    // A secret that the person gives is another key than ours, under the kid that they give or the default.
    BOOTSTRAP_SIGNING_KID: isGiven(given, 'JWT_SECRET') ? undefined : secrets.demoSigningKid,
    JWT_SECRET: secrets.demoSigningSecret,
    DRAIN_MS: String(drainMs),
    TRUSTED_PROXIES: '1',
    LOG_FORMAT: 'json',
  };
  const result: Environment = {};
  for (const [name, value] of Object.entries(made)) {
    if (value !== undefined && !isGiven(given, name)) result[name] = value;
  }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== '') result[name] = value;
  }
  // It may do anything to the database, so no process receives it.
  delete result['DATABASE_ADMIN_URL'];
  delete result['DATABASE_ADMIN_URL_FILE'];
  return result;
}

/** What the `parley` command needs to work on the running installation, beside it on this machine. */
export function operatorEnvironment(
  environment: Environment,
  url: string,
  adminUrl: string | undefined,
): Record<string, string | undefined> {
  const names = ['DATABASE_URL', 'DATABASE_SYSTEM_URL', 'REDIS_URL', 'SECRETS_KEY'];
  const shared = Object.fromEntries(names.map((name) => [name, environment[name]]));
  return { PARLEY_URL: url, ...shared, DATABASE_ADMIN_URL: adminUrl };
}

/** Whether a setting was given, directly or by the file that holds it. */
export function isGiven(given: NodeJS.ProcessEnv, name: string): boolean {
  return isSet(given[name]) || isSet(given[`${name}_FILE`]);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

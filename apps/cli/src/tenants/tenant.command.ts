import { InvalidArgumentError, type Command } from 'commander';
import { processEnv } from '@parley/platform/config';
import { databaseEnvironment, findInstallation } from '../installation';
import { fields, print, table } from '../output';
import { withTenants } from './tenants-access';

interface Options {
  json?: boolean;
}

const needs = '\nNeeds DATABASE_URL, DATABASE_SYSTEM_URL and SECRETS_KEY, as the processes have them.';

/** Adds `parley tenant`. */
export function register(program: Command): void {
  const group = program.command('tenant').description('tenants of the installation (opens the database)');
  group
    .command('create')
    .description('make a tenant with a server key and a signing key, and show their secrets, this one time')
    .argument('<name>', 'its name', parseName)
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', `${needs}\n\nExample:\n  $ parley tenant create "Acme"`)
    .action(create);
  group
    .command('list')
    .description('list all tenants')
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', needs)
    .action(list);
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 200) throw new InvalidArgumentError('It must be 1 to 200 characters.');
  return name;
}

async function create(name: string, options: Options): Promise<void> {
  const { id, serverKey, signingKey } = await withTenants(environment(), (tenants) => tenants.create(name));
  const result = {
    id,
    name,
    serverKey: serverKey.secret,
    kid: signingKey.kid,
    signingSecret: signingKey.secret,
  };
  const shown = {
    tenant: id,
    'server key': result.serverKey,
    'signing kid': result.kid,
    'signing secret': result.signingSecret,
  };
  print(result, [...fields(shown), '', 'Keep the secrets: they are not shown again.'], options);
}

async function list(options: Options): Promise<void> {
  const tenants = await withTenants(environment(), (service) => service.list());
  const rows = tenants.map(({ id, name, status, createdAt }) => ({ id, name, status, created: createdAt }));
  print(tenants, table(rows, 'There is no tenant.'), options);
}

function environment() {
  const env = processEnv();
  return databaseEnvironment(env, findInstallation(env, process.cwd()));
}

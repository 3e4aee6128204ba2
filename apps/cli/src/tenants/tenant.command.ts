import type { Command } from 'commander';
import { TenantService } from '@parley/domain/tenants';
import { databaseNeeds, withDatabase } from '../database/database-access';
import { fields, print, table } from '../output';
import { parseTitle } from '../parse-title';

interface Options {
  json?: boolean;
}

/** Adds `parley tenant`. */
export function register(program: Command): void {
  const group = program.command('tenant').description('tenants of the installation (opens the database)');
  group
    .command('create')
    .description('make a tenant with a server key and a signing key, and show their secrets, this one time')
    .argument('<name>', 'its name', parseTitle)
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', `${databaseNeeds}\n\nExample:\n  $ parley tenant create "Acme"`)
    .action(create);
  group
    .command('list')
    .description('list all tenants')
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', databaseNeeds)
    .action(list);
}

async function create(name: string, options: Options): Promise<void> {
  const { id, serverKey, signingKey } = await withDatabase(TenantService, (tenants) => tenants.create(name));
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
  const tenants = await withDatabase(TenantService, (service) => service.list());
  const rows = tenants.map(({ id, name, status, createdAt }) => ({ id, name, status, created: createdAt }));
  print(tenants, table(rows, 'There is no tenant.'), options);
}

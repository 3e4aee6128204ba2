import { Option, type Command } from 'commander';
import { operatorScopes, type OperatorKeyView, type OperatorScope } from '@parley/contracts/wire';
import { OperatorKeys } from '@parley/domain/tenants';
import { databaseNeeds, withDatabase } from '../database/database-access';
import { fields, print, table, type Row } from '../output';
import { parseTitle } from '../parse-title';

interface Options {
  json?: boolean;
}

/** Adds `parley operator-key`. */
export function register(program: Command): void {
  const group = program
    .command('operator-key')
    .description('keys of whoever runs the installation, for /v1/operator (opens the database)');
  const command = (name: string, description: string): Command =>
    group.command(name).description(description).option('--json', 'print JSON, for scripts');
  command('create', 'make a key and show it, this one time')
    .argument('<name>', 'what it is for', parseTitle)
    .addOption(
      new Option('--scope <scopes...>', 'what it may do; all of it when left out').choices(operatorScopes),
    )
    .addHelpText(
      'after',
      `${databaseNeeds}\n\nExample:\n  $ parley operator-key create "provisioning" --scope manage`,
    )
    .action(create);
  command('list', 'list all of them').addHelpText('after', databaseNeeds).action(list);
  command('revoke', 'end one, everywhere within two seconds')
    .argument('<id>', 'id of the key')
    .addHelpText('after', databaseNeeds)
    .action(revoke);
}

async function create(
  name: string,
  { scope, ...options }: Options & { scope?: OperatorScope[] },
): Promise<void> {
  const key = await withDatabase(OperatorKeys, (keys) => keys.create(name, scope));
  const lines = [...fields({ ...keyRow(key), secret: key.secret }), '', 'The secret is not shown again.'];
  print(key, lines, options);
}

async function list(options: Options): Promise<void> {
  const keys = await withDatabase(OperatorKeys, (service) => service.list());
  print(keys, table(keys.map(keyRow), 'There is no operator key.'), options);
}

async function revoke(id: string, options: Options): Promise<void> {
  const key = await withDatabase(OperatorKeys, (keys) => keys.revoke(id));
  print(key, [`The key ${id} is revoked.`], options);
}

function keyRow({ id, name, scopes, createdAt, revokedAt }: OperatorKeyView): Row {
  return { id, name, scopes: scopes.join(','), created: createdAt, revoked: revokedAt };
}

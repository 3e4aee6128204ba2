import { Option, type Command } from 'commander';
import { userRoles, type UserRole, type UserView } from '@parley/contracts/wire';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { fields, print, table, type Row } from '../output';

type Options = ConnectionOptions & { json?: boolean };

interface SetOptions extends Options {
  name?: string;
  avatarUrl?: string;
  role?: UserRole;
}

/** Adds `parley user`. */
export function register(program: Command): void {
  const group = program
    .command('user')
    .description('see and change users (needs a server key with the scope users)');
  const command = (usage: string, description: string): Command =>
    withConnection(group.command(usage).description(description));
  command('list', 'list users in the order of their ids')
    .option('--prefix <text>', 'only ids that begin so')
    .action(list);
  command('show <id>', 'show one user').action(show);
  command('set <id>', 'create a user, or change what is given')
    .option('--name <name>', 'display name')
    .option('--avatar-url <url>', 'picture')
    .addOption(new Option('--role <role>', 'role in the tenant').choices(userRoles))
    .addHelpText('after', '\nExample:\n  $ parley user set ada --name "Ada Lovelace" --role admin')
    .action(set);
  command('deactivate <id>', 'shut a user out, everywhere within two seconds').action(
    (id: string, options: Options) => setActive(id, false, options),
  );
  command('activate <id>', 'let a deactivated user in again').action((id: string, options: Options) =>
    setActive(id, true, options),
  );
  command('revoke-tokens <id>', 'end the tokens that a user has; new ones work')
    .option('--before <time>', 'only those issued up to this time (ISO 8601)')
    .action(revokeTokens);
}

async function list({ prefix, ...options }: Options & { prefix?: string }): Promise<void> {
  const users: UserView[] = [];
  const query = { limit: '200', ...(prefix === undefined ? {} : { prefix }) };
  for await (const page of connect(options).pages<UserView>('/v1/users', query)) users.push(...page);
  print(users, table(users.map(userRow), 'There is no user.'), options);
}

async function show(id: string, options: Options): Promise<void> {
  printUser(await connect(options).request<UserView>('GET', pathOf(id)), options);
}

async function set(id: string, { name, avatarUrl, role, ...options }: SetOptions): Promise<void> {
  printUser(await connect(options).request<UserView>('PUT', pathOf(id), { name, avatarUrl, role }), options);
}

async function setActive(id: string, active: boolean, options: Options): Promise<void> {
  const client = connect(options);
  // PUT would create a user of a mistyped id.
  await client.request('GET', pathOf(id));
  const user = await client.request<UserView>('PUT', pathOf(id), { deactivated: !active });
  print(user, [`${id} is ${active ? 'active again' : 'deactivated'}.`], options);
}

async function revokeTokens(
  id: string,
  { before, ...options }: Options & { before?: string },
): Promise<void> {
  await connect(options).request('DELETE', `${pathOf(id)}/tokens`, { before });
  print(
    { userId: id, before },
    [`The tokens of ${id}${before === undefined ? '' : ` up to ${before}`} are revoked.`],
    options,
  );
}

function pathOf(id: string): string {
  return `/v1/users/${encodeURIComponent(id)}`;
}

function printUser(user: UserView, options: Options): void {
  print(user, fields(userRow(user)), options);
}

function userRow(user: UserView): Row {
  return {
    id: user.id,
    name: user.name,
    role: user.role,
    state: user.deactivated ? 'deactivated' : 'active',
    created: user.createdAt,
  };
}

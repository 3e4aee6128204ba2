import { Argument, Option, type Command } from 'commander';
import { keyScopes, type CreatedKeyView, type KeyView, type Page } from '@parley/contracts/wire';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { fields, print, table, type Row } from '../output';

type Options = ConnectionOptions & { json?: boolean };

interface CreateOptions {
  name: string;
  scope?: string[];
  jwksUrl?: string;
  issuer?: string;
  audience?: string;
}

const path = '/v1/admin/keys';

/** Adds `parley key`. */
export function register(program: Command): void {
  const group = program
    .command('key')
    .description('list, make and revoke keys (needs a server key with the scope keys)');
  withConnection(group.command('list').description('list the keys of the tenant')).action(list);
  withConnection(
    group
      .command('create')
      .description('make a key and show its secret, this one time')
      .addArgument(
        new Argument('<kind>', 'signing: verifies user tokens; server: for a back end').choices([
          'signing',
          'server',
        ]),
      )
      .requiredOption('--name <name>', 'what it is for')
      .addOption(
        new Option('--scope <scopes...>', 'what a server key may do; all of it when left out').choices(
          keyScopes,
        ),
      )
      .option(
        '--jwks-url <url>',
        'signing: where you publish your keys (https); a secret is made when left out',
      )
      .option('--issuer <text>', 'signing: what tokens must carry as iss')
      .option('--audience <text>', 'signing: what tokens must carry as aud'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ parley key create server --name "order service" --scope users tokens\n  $ parley key create signing --name "login 2027"\n  $ parley key create signing --name "our login" --jwks-url https://login.example.com/jwks.json',
    )
    .action(create);
  withConnection(
    group
      .command('revoke')
      .description('end a key, everywhere within two seconds')
      .argument('<id>', 'id of the key'),
  ).action(revoke);
}

async function list(options: Options): Promise<void> {
  const { data } = await connect(options).request<Page<KeyView>>('GET', path);
  print(data, table(data.map(keyRow), 'There is no key.'), options);
}

async function create(
  kind: KeyView['kind'],
  { name, scope: scopes, jwksUrl, issuer, audience, ...options }: Options & CreateOptions,
): Promise<void> {
  // What is undefined is not sent.
  const body = { kind, name, scopes, jwksUrl, issuer, audience };
  const key = await connect(options).request<CreatedKeyView>('POST', path, body);
  const { secret } = key;
  const lines =
    secret === undefined
      ? fields(keyRow(key))
      : [...fields({ ...keyRow(key), secret }), '', 'The secret is not shown again.'];
  print(key, lines, options);
}

async function revoke(id: string, options: Options): Promise<void> {
  const key = await connect(options).request<KeyView | undefined>(
    'DELETE',
    `${path}/${encodeURIComponent(id)}`,
  );
  print(key ?? { id }, [`The key ${id} is revoked.`], options);
}

function keyRow(key: KeyView): Row {
  return {
    id: key.id,
    kind: key.kind,
    name: key.name,
    'kid, URL or scopes': key.kid ?? key.jwksUrl ?? key.scopes?.join(','),
    created: key.createdAt,
    revoked: key.revokedAt,
  };
}

import type { Command } from 'commander';
import type { TokenView } from '@parley/contracts/wire';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { parseDuration } from '../duration';
import { print } from '../output';

interface CreateOptions extends ConnectionOptions {
  ttl?: number;
  name?: string;
  json?: boolean;
}

/** Adds `parley token`. */
export function register(program: Command): void {
  const group = program
    .command('token')
    .description('mint user tokens (needs a server key with the scope tokens)');
  withConnection(
    group
      .command('create')
      .description('mint a token for a user, who is created at first sight')
      .argument('<user>', 'id of the user')
      .option(
        '--ttl <duration>',
        'how long it is good: 45s, 30m, 12h, 7d (an hour when left out)',
        parseDuration,
      )
      .option('--name <name>', 'display name, when the user is new'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ parley token create ada --ttl 12h\n  $ TOKEN=$(parley token create ada)',
    )
    .action(create);
}

/** Prints the token alone, so that a script can take it as it is. */
async function create(userId: string, { ttl, name, ...options }: CreateOptions): Promise<void> {
  const token = await connect(options).request<TokenView>('POST', '/v1/tokens', {
    userId,
    name,
    ttlSeconds: ttl,
  });
  print(token, [token.token], options);
}

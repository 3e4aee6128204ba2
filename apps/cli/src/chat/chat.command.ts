import { Option, type Command } from 'commander';
import { ParleyClient, ParleyError } from '@parley/client';
import { CliError } from '../cli.error';
import { Chat, type ChatTarget } from './chat';
import { resolveAccess, type AccessOptions } from './chat-access';
import { openScreen } from './open-screen';

const examples = `
Examples:
  $ parley chat --as ada                 pick one of ada's conversations
  $ parley chat --as ada --with grace    the direct conversation of the two
  $ parley chat --as ada --in Welcome    by title, number or id
  $ echo "deployed" | parley chat --as ada --with grace`;

/** Adds `parley chat`. */
export function register(program: Command): void {
  program
    .command('chat')
    .description('talk in this terminal')
    .requiredOption('--as <user>', 'the user to be; created at first sight')
    .addOption(new Option('--with <user>', 'open the direct conversation with this user').conflicts('in'))
    .option('--in <conversation>', 'open this conversation')
    .option('--token <token>', "the user's token; without it the server key gets one")
    .addOption(new Option('--url <url>', 'where Parley is').env('PARLEY_URL'))
    .addOption(new Option('--key <key>', 'server key, to get a token').env('PARLEY_KEY'))
    .addHelpText('after', examples)
    .action((options: AccessOptions & ChatTarget) => chat(options));
}

async function chat(options: AccessOptions & ChatTarget): Promise<void> {
  const client = new ParleyClient(resolveAccess(options));
  try {
    // The user's own id: a token given by hand may be another one's than --as says.
    const { user } = await client.rest.me();
    await talk(client, user?.id ?? options.as, options);
  } catch (error) {
    throw error instanceof ParleyError ? new CliError(error.message, { cause: error }) : error;
  }
}

async function talk(client: ParleyClient, me: string, target: ChatTarget): Promise<void> {
  const screen = openScreen(process.stdin, process.stdout);
  try {
    const { unsent, refused, error } = await new Chat(client, screen, me).run(target);
    if (error) throw error;
    if (unsent > 0) throw new CliError(`${unsent} of your messages may not have been sent.`);
    // A person saw it and went on; a script has only the exit code.
    if (refused > 0 && !screen.interactive) throw new CliError(`${refused} of your messages were refused.`);
  } finally {
    client.close();
    screen.close();
  }
}

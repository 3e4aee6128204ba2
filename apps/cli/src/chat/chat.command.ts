import { Option, type Command } from 'commander';
import { ParleyClient, ParleyError, ParleyRest } from '@parley/client';
import { processEnv } from '@parley/platform/config';
import { CliError } from '../cli.error';
import { findInstallation } from '../installation';
import { Chat, type ChatTarget } from './chat';
import { resolveAccess, type Access, type AccessOptions } from './chat-access';
import { openOutbox, outboxFile, type OutboxOwner } from './chat-outbox';
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
  const access = resolveAccess(options);
  try {
    // The user's own id: a token given by hand may be another one's than --as says.
    const { tenantId, user } = await new ParleyRest(access.url, access.token).me();
    await talk(access, { tenantId, userId: user?.id ?? options.as }, options);
  } catch (error) {
    throw error instanceof ParleyError ? new CliError(error.message, { cause: error }) : error;
  }
}

async function talk(access: Access, owner: OutboxOwner, target: ChatTarget): Promise<void> {
  const env = processEnv();
  const outbox = await openOutbox(outboxFile(env, findInstallation(env, process.cwd()), owner));
  const problem = 'problem' in outbox ? outbox.problem : null;
  const client = new ParleyClient({ ...access, ...('problem' in outbox ? {} : { outbox }) });
  const screen = openScreen(process.stdin, process.stdout);
  try {
    const { unsent, refused, error } = await new Chat(client, screen, owner.userId, problem).run(target);
    if (error) throw error;
    if (unsent > 0) throw new CliError(unsentSentence(unsent, problem === null));
    // A person saw it and went on; a script has only the exit code.
    if (refused > 0 && !screen.interactive) throw new CliError(`${refused} of your messages were refused.`);
  } finally {
    client.close();
    screen.close();
    if (!('problem' in outbox)) await outbox.close();
  }
}

function unsentSentence(count: number, kept: boolean): string {
  return kept
    ? `${count} of your messages may not have been sent yet: they are kept, and your next chat sends them.`
    : `${count} of your messages may not have been sent.`;
}

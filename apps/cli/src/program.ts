import { Command } from 'commander';
import type { Env } from '@parley/platform/config';
import { commands } from './commands';
import { fillConnection } from './connection';
import { findInstallation } from './installation';

const help = `
Commands speak to a running Parley: PARLEY_URL says where it is, PARLEY_KEY is a server key of your tenant. In a checkout where
"npm start" runs, both are known already. tenant, operator-key, jobs, search and db:* open the database instead, by DATABASE_URL and
its sisters.

Examples:
  $ parley user list
  $ parley token create ada --ttl 12h
  $ parley chat --as ada`;

/** The whole command line. `folder` is where the search for the installation of a checkout begins. */
export function createProgram(env: Env, folder: string): Command {
  const program = new Command('parley')
    .description(
      'Parley from the command line: chat, imports, users, tokens, keys, tenants, jobs, search, database.',
    )
    .addHelpText('after', help)
    .showHelpAfterError('Add --help to see how it is used.')
    // Inherited by every command that is added from here on.
    .exitOverride();
  for (const command of commands) command.register(program);
  return program.hook('preAction', (_, command) => fillConnection(command, findInstallation(env, folder)));
}

import type { Command } from 'commander';
import * as chat from './chat/chat.command';
import * as database from './database/database.commands';
import * as slackImport from './import/import.command';
import * as jobs from './jobs/jobs.command';
import * as keys from './keys/key.command';
import * as operatorKeys from './operator-keys/operator-key.command';
import * as search from './search/search.command';
import * as tenants from './tenants/tenant.command';
import * as tokens from './tokens/token.command';
import * as users from './users/user.command';

/** A file of commands. Options named `--url` and `--key` are filled from the running installation of a checkout. */
export interface CommandModule {
  register(program: Command): void;
}

/** Every command, in the order of the help text. */
export const commands: readonly CommandModule[] = [
  chat,
  slackImport,
  users,
  tokens,
  keys,
  tenants,
  operatorKeys,
  jobs,
  search,
  database,
];

import { CommanderError, type Command } from 'commander';
import { ConfigError } from '@parley/platform/config';
import { MigrationError, SetupError, UnsafeRoleError } from '@parley/platform/database';
import { SecretBoxError } from '@parley/platform/auth';
import { AppError } from '@parley/contracts/wire';
import { CliError } from './cli.error';

const expected = [
  CliError,
  ConfigError,
  SetupError,
  MigrationError,
  UnsafeRoleError,
  SecretBoxError,
  AppError,
];

/** Exit codes: 0 done, 1 it failed, 2 the command line is wrong. Never throws. */
export async function run(program: Command, args: string[]): Promise<0 | 1 | 2> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return usageExitCode(error);
    process.stderr.write(`${sentenceOf(error)}\n`);
    return 1;
  }
}

/** Commander has printed its sentence already. `command.error()` of a command that failed says 1 itself. */
function usageExitCode(error: CommanderError): 0 | 1 | 2 {
  if (error.exitCode === 0) return 0;
  return error.code === 'commander.error' ? 1 : 2;
}

/** What a person can act on is one sentence; anything else is a fault of ours and comes with its stack. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return expected.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}

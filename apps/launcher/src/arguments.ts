import { parseArgs } from 'node:util';
import { LaunchError } from './launch.error';

export interface LaunchArguments {
  /** False: nothing is installed on this machine; what is missing is named. */
  install: boolean;
  help: boolean;
}

export const usage = `Usage: npm start [-- --no-install]

Starts PostgreSQL, Redis, api, two gateways and worker behind one URL.
  --no-install   installs nothing: without Redis on this machine, what needs none runs
  --help         shows this text

DATABASE_URL (with DATABASE_SYSTEM_URL) and REDIS_URL replace the embedded parts.
All settings: docs/configuration.md`;

/** Throws {@link LaunchError} for anything that is not known. */
export function parseArguments(args: readonly string[]): LaunchArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'no-install': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { install: values['no-install'] !== true, help: values.help === true };
  } catch {
    throw new LaunchError(
      `"${args.join(' ')}" is not understood: the launcher knows --no-install and --help.`,
    );
  }
}

import { resolve } from 'node:path';
import { ConfigError, loadConfig, processEnv } from '@parley/platform/config';
import { SetupError, MigrationError } from '@parley/platform/database';
import { EmbeddedError } from '@parley/platform/embedded';
import { parseArguments, usage } from './arguments';
import { LaunchError } from './launch.error';
import { launcherConfig } from './launcher.config';
import { Launcher } from './launcher';
import { Terminal } from './terminal';

// apps/launcher/src below dist, below the root.
const root = resolve(__dirname, '..', '..', '..', '..');
const stopWithinMs = 9_500;
/** A package manager in between passes the terminal's Ctrl-C on, so that one press arrives twice. */
const samePressMs = 500;

async function main(): Promise<void> {
  const { install, help } = parseArguments(process.argv.slice(2));
  const terminal = new Terminal(process.stdout);
  if (help) return terminal.line(usage);
  const given = processEnv();
  const { launcher: settings } = loadConfig([launcherConfig], given);
  const launcher = new Launcher(
    {
      port: settings.port,
      host: settings.host,
      dataDir: resolve(settings.dataDir),
      show: settings.log,
      restartOnChange: settings.restartOnChange === '1',
      install,
      databaseAdminUrl: settings.databaseAdminUrl,
      given,
      root,
    },
    terminal,
  );
  const end = endOnSignals(launcher, terminal);
  try {
    await launcher.start();
  } catch (error) {
    end(1, sentenceOf(error));
  }
}

/** Ctrl-C ends everything in its order, a second one faster. Returns the end for other reasons. */
function endOnSignals(launcher: Launcher, terminal: Terminal): (exitCode: number, sentence?: string) => void {
  let endingSince = 0;
  const end = (exitCode: number, sentence?: string) => {
    if (endingSince > 0) return;
    endingSince = Date.now();
    if (sentence !== undefined) process.stderr.write(`${sentence}\n`);
    setTimeout(() => process.exit(1), stopWithinMs);
    launcher.stop().then(
      () => process.exit(exitCode),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (endingSince > 0 && Date.now() - endingSince > samePressMs) launcher.hurry();
      if (endingSince === 0) terminal.line('\nEnding …');
      end(0);
    });
  }
  process.on('uncaughtException', (error) => end(1, sentenceOf(error)));
  process.on('unhandledRejection', (error) => end(1, sentenceOf(error)));
  return end;
}

/** What a person can act on is one sentence; anything else is a fault of ours and comes with its stack. */
function sentenceOf(error: unknown): string {
  const expected = [LaunchError, EmbeddedError, ConfigError, SetupError, MigrationError];
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
});

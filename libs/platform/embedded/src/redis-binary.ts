import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EmbeddedError } from './embedded.error';

const howToGetRedis =
  'Redis is missing: install it ("sudo apt-get install redis-server", "brew install redis" or your system\'s way; Valkey will do too) ' +
  'or set REDIS_URL to one that runs.';

export interface InstallRedisOptions {
  /** Receives the one line that says what is about to be installed. */
  announce: (line: string) => void;
}

/** The path of the system's `redis-server` or `valkey-server`, from PATH and the usual folders; null without one. */
export function findRedis(): string | null {
  const script =
    'PATH="$PATH:/usr/local/bin:/usr/bin:/usr/sbin:/opt/homebrew/bin"; command -v redis-server || command -v valkey-server';
  const found = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).stdout.trim();
  return found.startsWith('/') ? found : null;
}

/**
 * Installs Redis by apt when we are root on Debian or Ubuntu, after announcing it by one line. Returns the path of the server.
 * Throws {@link EmbeddedError} that says how to get it wherever that is not possible.
 */
export function installRedis({ announce }: InstallRedisOptions): string {
  const present = findRedis();
  if (present) return present;
  if (process.getuid?.() !== 0 || !isDebianLike()) throw new EmbeddedError(howToGetRedis);
  announce('Redis is missing: installing redis-server by apt-get.');
  // An image without package lists, or with old ones, finds nothing before an update.
  if (!aptInstall() && !(apt(['update']) && aptInstall())) {
    throw new EmbeddedError(`apt-get could not install redis-server. ${howToGetRedis}`);
  }
  const installed = findRedis();
  if (!installed) throw new EmbeddedError(howToGetRedis);
  return installed;
}

/** The sentence for a machine where Redis is missing and is not to be installed. */
export function redisMissing(): EmbeddedError {
  return new EmbeddedError(howToGetRedis);
}

function aptInstall(): boolean {
  return apt(['install', '-y', '--no-install-recommends', 'redis-server']);
}

function apt(args: string[]): boolean {
  // RUNLEVEL=1 asks the package's scripts not to start a daemon of their own.
  const command = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', ...args];
  return spawnSync('env', command, { stdio: 'ignore', timeout: 300_000 }).status === 0;
}

function isDebianLike(): boolean {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

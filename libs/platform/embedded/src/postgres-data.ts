import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { unusableFolder } from './data-folder';
import { EmbeddedError, errorCode } from './embedded.error';
import { sharedFolder, type PostgresBinaries } from './postgres-binaries';
import { canEnter, canReach, type ServerUser } from './server-user';

export interface DataFolderOptions {
  /** The caller's folder; the data lies in `pg<major>` below it. */
  folder: string;
  binaries: PostgresBinaries;
  user: ServerUser | undefined;
  adminUser: string;
  adminPassword: string;
  fsync: boolean;
}

export function dataDirOf(folder: string, major: number): string {
  return join(folder, `pg${major}`);
}

/** The data folder itself, created when missing. Returns its real path. Throws {@link EmbeddedError}. */
export function prepareDataDir(options: DataFolderOptions): string {
  const { folder, binaries, user } = options;
  const dataDir = dataDirOf(folder, binaries.major);
  if (!existsSync(dataDir)) {
    refuseOtherMajor(folder, binaries.major);
    const base = canEnter(user, folder) ? folder : openBase(folder, binaries.major);
    createDataDir(options, base);
  }
  const real = realpathSync(dataDir);
  assertUsable(real, binaries.major, user);
  return real;
}

/** An empty database in place of the old one would look like lost data. */
function refuseOtherMajor(folder: string, major: number): void {
  const other = readdirSync(folder).find((name) => /^pg\d+$/.test(name) && name !== `pg${major}`);
  if (other) {
    throw new EmbeddedError(
      `${folder} holds data of PostgreSQL ${other.slice(2)}, and this version brings PostgreSQL ${major}: dump the old data and load ` +
        `it, or move ${join(folder, other)} away to begin with an empty database.`,
    );
  }
}

/** A folder that the server's user can pass through, for a checkout that lies in a closed one. */
function openBase(folder: string, major: number): string {
  const base = join(sharedFolder, 'data', randomUUID());
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 });
    const link = dataDirOf(folder, major);
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
    symlinkSync(dataDirOf(base, major), link);
  } catch (error) {
    throw new EmbeddedError(
      `PostgreSQL runs as another user than root and cannot enter ${folder}, and ${base} cannot be made (${errorCode(error)}): move ` +
        'the project out of the closed folder or start as an ordinary user.',
    );
  }
  return base;
}

/** Fills a folder under another name first, so that an interrupted creation leaves nothing that looks finished. */
function createDataDir(options: DataFolderOptions, base: string): void {
  const { binaries, user, adminUser, adminPassword, fsync } = options;
  removeUnfinished(base, binaries.major);
  const fresh = join(base, `pg${binaries.major}.new-${randomUUID()}`);
  const passwordFile = `${fresh}.password`;
  try {
    mkdirSync(fresh, { mode: 0o700 });
    writeFileSync(passwordFile, adminPassword, { mode: 0o600 });
    if (user) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid);
    const args = [
      '-D',
      fresh,
      '-U',
      adminUser,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--no-locale',
      '--encoding=UTF8',
    ];
    const result = spawnSync(
      binaries.initdb,
      [...args, '--no-instructions', ...(fsync ? [] : ['--no-sync'])],
      {
        cwd: fresh,
        encoding: 'utf8',
        env: serverEnvironment(),
        ...user,
      },
    );
    if (result.status !== 0) throw initFailure(base, result.error?.message ?? result.stderr);
    renameSync(fresh, dataDirOf(base, binaries.major));
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error instanceof EmbeddedError ? error : unusableFolder(base, error);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function removeUnfinished(base: string, major: number): void {
  for (const name of readdirSync(base)) {
    if (name.startsWith(`pg${major}.new-`)) rmSync(join(base, name), { recursive: true, force: true });
  }
}

function assertUsable(dataDir: string, major: number, user: ServerUser | undefined): void {
  const versionFile = join(dataDir, 'PG_VERSION');
  if (!canReach(user, [dataDir])) {
    const who = user ? `the user with id ${user.uid}` : 'this user';
    throw new EmbeddedError(
      `The data folder ${dataDir} cannot be read by ${who}: start as the user who made it, or choose another folder.`,
    );
  }
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : '';
  if (version !== String(major)) {
    throw new EmbeddedError(
      `The folder ${dataDir} is not a data folder of PostgreSQL ${major} (PG_VERSION is ${version ? `"${version}"` : 'missing'}): ` +
        'restore it from a backup or move it away to begin with an empty database.',
    );
  }
}

/** Only what the server needs: PGPORT, PGOPTIONS and their like in the caller's environment are not meant for it. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function initFailure(base: string, output: string): EmbeddedError {
  const reason =
    output.split('\n').find((line) => /error|FATAL|could not/.test(line)) ??
    output.trim().split('\n').at(-1) ??
    '';
  return new EmbeddedError(
    `No database can be created in ${base}: ${reason.replace(/^initdb: error: /, '').trim()}`,
  );
}

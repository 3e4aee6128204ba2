import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { EmbeddedError } from './embedded.error';

export interface ServerUser {
  uid: number;
  gid: number;
}

const preferredNames = ['postgres', 'nobody'];

/**
 * The OS user that PostgreSQL, which refuses to run as root, gets from us when we are root: the owner of the existing data, else
 * `postgres`, else `nobody`. Undefined for an ordinary user, who runs it as himself.
 */
export function chooseServerUser(existingDataDir: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const owner = statSync(existingDataDir, { throwIfNoEntry: false })?.uid;
  const candidates = [
    ...users.filter(({ uid }) => uid === owner),
    ...preferredNames.flatMap((name) => users.filter((user) => user.name === name)),
  ];
  const chosen = candidates.find(({ uid }) => uid !== 0);
  if (!chosen) {
    throw new EmbeddedError(
      'PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody" to run it as: create one ' +
        '(useradd --system postgres) or start as an ordinary user.',
    );
  }
  return { uid: chosen.uid, gid: chosen.gid };
}

/** Whether that user can enter these folders and read these files, asked of the system itself: mode bits alone miss ACLs. */
export function canReach(user: ServerUser | undefined, paths: readonly string[]): boolean {
  const script =
    'for p in "$@"; do test -r "$p" || exit 1; if test -d "$p"; then test -x "$p" || exit 1; fi; done';
  return (
    spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], { cwd: '/', stdio: 'ignore', ...user }).status === 0
  );
}

/** Whether that user can pass through this folder, even when it cannot list it. */
export function canEnter(user: ServerUser | undefined, folder: string): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { cwd: '/', stdio: 'ignore', ...user })
      .status === 0
  );
}

function readUsers(): (ServerUser & { name: string })[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

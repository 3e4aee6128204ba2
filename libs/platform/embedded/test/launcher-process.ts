import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

export interface LauncherProcess {
  child: ChildProcess;
  /** What the launcher printed: the facts about its server, or the message of its error. */
  answer: { pid: number; url: string; error?: string };
}

/** A folder that every user of the machine can enter. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-embedded-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** This library compiled into a folder, so that another process can start a server with it and be killed. */
export class Launcher {
  readonly folder = openFolder();
  private readonly children: ChildProcess[] = [];

  constructor() {
    const source = join(__dirname, '..', 'src');
    for (const name of readdirSync(source)) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const { code } = transformFileSync(join(source, name), {
        module: { type: 'commonjs' },
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      });
      writeFileSync(join(this.folder, name.replace(/\.ts$/, '.js')), code);
    }
    symlinkSync(dirname(dirname(require.resolve('pg/package.json'))), join(this.folder, 'node_modules'));
    writeFileSync(join(this.folder, 'launch.js'), launchScript);
    writeFileSync(join(this.folder, 'race.js'), raceScript);
  }

  /** Starts a server in another process, which then waits to be killed. `user` is for root alone. */
  start(
    kind: 'EmbeddedPostgres' | 'EmbeddedRedis',
    options: object,
    user?: { uid: number; gid: number },
  ): Promise<LauncherProcess> {
    const child = spawn(process.execPath, [join(this.folder, 'launch.js'), kind, JSON.stringify(options)], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...user,
    });
    this.children.push(child);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('the launcher ended without an answer')));
      child.stdout?.once('data', (line: Buffer) => {
        resolve({ child, answer: JSON.parse(line.toString()) as LauncherProcess['answer'] });
      });
    });
  }

  /** So many processes lock the folders, each folder at the same moment; which of them each one got. */
  async race(folders: string[], processes: number, everyMs: number): Promise<boolean[][]> {
    const children = Array.from({ length: processes }, () => {
      const child = spawn(process.execPath, [join(this.folder, 'race.js')], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      this.children.push(child);
      return child;
    });
    const said = () => Promise.all(children.map((child) => once(child, 'message')));
    await said();
    const answers = said();
    const task = { folders, startAt: Date.now() + 200, everyMs };
    for (const child of children) child.send(task);
    const taken = (await answers).map(([each]) => each as boolean[]);
    for (const child of children) child.kill('SIGKILL');
    return taken;
  }

  /** Ends every launcher that a failed test left behind: it would keep jest from ending. */
  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const launchScript = `
const embedded = require('./index.js');
const [kind, options] = process.argv.slice(2);
process.once('SIGTERM', () => process.exit(0));
embedded[kind].start(JSON.parse(options)).then(
  (server) => { console.log(JSON.stringify({ pid: server.pid, url: server.adminUrl ?? server.url })); setInterval(() => {}, 1000); },
  (error) => { console.log(JSON.stringify({ pid: 0, url: '', error: error.message })); },
);
`;

const raceScript = `
const { lockFolder } = require('./index.js');
process.once('message', ({ folders, startAt, everyMs }) => {
  const taken = folders.map((folder, index) => {
    while (Date.now() < startAt + index * everyMs);
    try { lockFolder(folder, 'Parley'); return true; } catch { return false; }
  });
  process.send(taken);
});
// Lives until it is killed: the lock of one that ended would be free for a slower one.
setInterval(() => undefined, 60_000);
process.send('ready');
`;

/** The processes whose command line contains all these words. Zombies have none. */
export function findProcesses(...words: string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const command = commandOf(pid);
      return words.every((word) => command.includes(word));
    });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A folder below another that only its owner may enter. */
export function closedFolder(parent: string): string {
  const folder = join(parent, 'closed', 'data');
  mkdirSync(folder, { recursive: true });
  chmodSync(dirname(folder), 0o700);
  return folder;
}

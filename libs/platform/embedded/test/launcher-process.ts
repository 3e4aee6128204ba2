import { spawn, type ChildProcess } from 'node:child_process';
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

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '@parley/testing';
import { descendantsOf, type RunningProcess } from '@parley/testing';

const main = join(__dirname, '..', '..', '..', 'dist', 'apps', 'launcher', 'src', 'main.js');

export interface Ended {
  code: number | null;
  output: string;
}

/** One run of the built launcher, in a process group of its own as a terminal gives it. */
export class Launched {
  output = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  constructor(dataDir: string, port: number, args: string[] = []) {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
    this.child = spawn(process.execPath, [main, ...args], {
      env: { ...env, NODE_ENV: '', PORT: String(port), PARLEY_DATA_DIR: dataDir },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, output: this.output }));
    });
  }

  /** Resolves when the block is printed. */
  async ready(): Promise<void> {
    const failed = this.ended.then(({ output }) => {
      throw new Error(`The launcher ended before it was ready:\n${output}`);
    });
    const printed = waitFor(() => this.output.includes('chat --as grace'), {
      timeoutMs: 40_000,
      message: 'the block of the launcher',
    });
    await Promise.race([printed, failed]);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get processes(): RunningProcess[] {
    return descendantsOf(this.pid);
  }

  /** The process that runs this app; the first one of several. */
  process(app: string): RunningProcess {
    const found = this.processes.find(({ command }) => command.includes(join('apps', app, 'src', 'main.js')));
    if (!found) throw new Error(`No process runs ${app}`);
    return found;
  }

  /** The printed curl line, done by ourselves. */
  async printedRequest(): Promise<{ status: number; body: unknown }> {
    const line = /curl -H "Authorization: (Bearer \S+)" (\S+)/.exec(this.output);
    const response = await fetch(line?.[2] ?? '', { headers: { authorization: line?.[1] ?? '' } });
    return { status: response.status, body: await response.json() };
  }

  /** Ctrl-C: the whole process group hears it. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  killHard(): void {
    this.child.kill('SIGKILL');
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from './wait-for';

const root = join(__dirname, '../../..');

/** One process of the product, as it runs in production: from the built `dist`, configured by its environment. */
export class SystemProcess {
  private readonly output: string[] = [];
  private readonly child: ChildProcess;

  private constructor(
    readonly app: string,
    environment: Record<string, string>,
    private readonly internalPort: number,
    folder: string,
  ) {
    const entry = join(folder, 'dist', 'apps', app, 'src', 'main.js');
    if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build first`);
    this.child = spawn(process.execPath, [entry], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    }
  }

  /** Starts the process and resolves when it is ready to serve. `folder`: another place of `dist` than this repository. */
  static async start(
    app: string,
    environment: Record<string, string>,
    internalPort: number,
    folder = root,
  ): Promise<SystemProcess> {
    const started = new SystemProcess(app, environment, internalPort, folder);
    await waitFor(
      async () => {
        if (started.child.exitCode !== null) return true;
        return (await fetch(`http://127.0.0.1:${internalPort}/health/ready`)).ok;
      },
      { timeoutMs: 20_000, message: `${app} to be ready` },
    ).catch(async (error: unknown) => {
      await started.stop();
      throw new Error(`${app} did not get ready:\n${started.log}`, { cause: error });
    });
    if (started.child.exitCode !== null) throw new Error(`${app} ended at its start:\n${started.log}`);
    return started;
  }

  /** Everything that the process has printed. */
  get log(): string {
    return this.output.join('');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.internalPort}/metrics`)).text();
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** SIGTERM, a wait, SIGKILL. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(killer);
  }
}

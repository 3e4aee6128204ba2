import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from './wait-for';

const root = join(__dirname, '../../..');

/** One process of the product, as it runs in production: from the built `dist`, configured by its environment. */
export class SystemProcess {
  private readonly output: string[] = [];
  private child: ChildProcess;

  private constructor(
    readonly app: string,
    private readonly environment: Record<string, string>,
    private readonly internalPort: number,
    private readonly folder: string,
    private readonly nodeOptions: readonly string[],
  ) {
    this.child = this.spawn();
  }

  /**
   * Starts the process and resolves when it is ready to serve. `folder`: another place of `dist` than this repository;
   * `nodeOptions`: arguments of node itself.
   */
  static async start(
    app: string,
    environment: Record<string, string>,
    internalPort: number,
    folder = root,
    nodeOptions: readonly string[] = [],
  ): Promise<SystemProcess> {
    const started = new SystemProcess(app, environment, internalPort, folder, nodeOptions);
    await started.ready();
    return started;
  }

  /** Ends it as `stop` does, and starts it again at the same ports; the exit code of the one that ended. */
  async restart(): Promise<number | null> {
    await this.stop();
    const { exitCode } = this.child;
    this.child = this.spawn();
    await this.ready();
    return exitCode;
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

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it says of itself on its internal port. */
  async health(): Promise<{ status: string; checks: Record<string, { status: string }> }> {
    return (await fetch(`http://127.0.0.1:${this.internalPort}/health/ready`)).json() as never;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** SIGTERM, a wait, SIGKILL. */
  async stop(): Promise<void> {
    if (!this.isAlive) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(killer);
  }

  private spawn(): ChildProcess {
    const entry = join(this.folder, 'dist', 'apps', this.app, 'src', 'main.js');
    if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build first`);
    const child = spawn(process.execPath, [...this.nodeOptions, entry], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    }
    return child;
  }

  private async ready(): Promise<void> {
    await waitFor(
      async () => {
        if (this.child.exitCode !== null) return true;
        return (await fetch(`http://127.0.0.1:${this.internalPort}/health/ready`)).ok;
      },
      { timeoutMs: 60_000, message: `${this.app} to be ready` },
    ).catch(async (error: unknown) => {
      await this.stop();
      throw new Error(`${this.app} did not get ready:\n${this.log}`, { cause: error });
    });
    if (this.child.exitCode !== null) throw new Error(`${this.app} ended at its start:\n${this.log}`);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from '../launch.error';
import { Backoff } from './backoff';
import type { ProcessLog } from './process-log';
import { isReady } from './readiness';

export type ProcessState = 'starting' | 'up' | 'down';

/** Where one run of a process listens; every run gets its own ports. */
export interface ProcessPorts {
  /** For clients; the worker has none. */
  port: number;
  internalPort: number;
}

export interface ProcessPlan {
  name: string;
  /** The compiled entry file. */
  main: string;
  environment: (ports: ProcessPorts) => NodeJS.ProcessEnv;
  choosePorts: () => Promise<ProcessPorts>;
  log: ProcessLog;
  announce: (line: string) => void;
}

const startAttempts = 2;
const readyWithinMs = 60_000;

/** One server process: started, watched, and started again when it dies. */
export class ManagedProcess {
  state: ProcessState = 'starting';
  ports: ProcessPorts = { port: 0, internalPort: 0 };
  private child: ChildProcess | undefined;
  private renewing = false;
  private readonly ending = new AbortController();
  private readonly backoff = new Backoff();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly plan: ProcessPlan) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it is ready for the first time. Throws {@link LaunchError} when it does not come up. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.running = this.keepRunning(resolve).catch(reject);
    });
  }

  /** Ends it: first by a request that lets it finish its work, after `graceMs` hard. */
  async stop(graceMs: number): Promise<void> {
    this.ending.abort();
    this.child?.kill('SIGTERM');
    const hard = setTimeout(() => this.kill(), graceMs);
    await this.running;
    clearTimeout(hard);
    await this.plan.log.close();
  }

  /** Ends it at once. */
  kill(): void {
    this.child?.kill('SIGKILL');
  }

  /** Starts it anew, with what its files hold now. */
  restart(): void {
    this.renewing = true;
    this.child?.kill('SIGTERM');
  }

  private async keepRunning(ready: () => void): Promise<void> {
    let wasReady = false;
    for (let attempt = 1; !this.ending.signal.aborted; attempt += 1) {
      const startedAt = Date.now();
      const child = await this.launch();
      if (!child) return;
      const end = exitOf(child);
      if (await this.becomesReady(child, end)) {
        this.state = 'up';
        wasReady = true;
        ready();
      } else if (!wasReady) {
        this.assertMayRetry(attempt, startedAt);
      }
      const how = await end;
      await this.pauseBeforeRestart(how, Date.now() - startedAt);
    }
  }

  private async launch(): Promise<ChildProcess | undefined> {
    const ports = await this.plan.choosePorts();
    if (this.ending.signal.aborted) return undefined;
    const child = spawn(process.execPath, ['--enable-source-maps', this.plan.main], {
      env: this.plan.environment(ports),
      // The channel tells the child when the launcher is gone, however that came about.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A session of its own: Ctrl-C in the terminal must reach the launcher alone, which ends the children in their order.
      detached: true,
    });
    this.child = child;
    this.ports = ports;
    this.state = 'starting';
    child.on('error', () => undefined);
    child.once('exit', () => (this.state = 'down'));
    if (child.stdout) this.plan.log.follow(child.stdout, 'stdout');
    if (child.stderr) this.plan.log.follow(child.stderr, 'stderr');
    return child;
  }

  private async becomesReady(child: ChildProcess, end: Promise<string>): Promise<boolean> {
    let ended = false;
    void end.then(() => (ended = true));
    const deadline = Date.now() + readyWithinMs;
    while (!ended && Date.now() < deadline) {
      if (await isReady(this.ports.internalPort)) return !ended;
      await delay(25);
    }
    // Alive but useless for so long: a new one may do better.
    if (!ended) child.kill('SIGKILL');
    return false;
  }

  private assertMayRetry(attempt: number, startedAt: number): void {
    if (this.ending.signal.aborted) return;
    const tooLong = Date.now() - startedAt >= readyWithinMs;
    if (attempt < startAttempts && !tooLong) return;
    const what = tooLong ? `did not get ready within ${readyWithinMs / 1000} s` : 'does not start';
    const why = this.plan.log.lastProblem ? `: ${this.plan.log.lastProblem}` : '';
    throw new LaunchError(`The process ${this.name} ${what}${why} (log: ${this.plan.log.file})`);
  }

  private async pauseBeforeRestart(how: string, uptimeMs: number): Promise<void> {
    if (this.ending.signal.aborted) return;
    if (this.renewing) {
      this.renewing = false;
      this.plan.announce(`${this.name} starts anew: its files changed`);
      return;
    }
    const waitMs = this.backoff.next(uptimeMs);
    this.plan.announce(`${this.name} ended (${how}): starting it again in ${waitMs / 1000} s`);
    await delay(waitMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}

/** Settles with how it ended, when everything that it printed has arrived too. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

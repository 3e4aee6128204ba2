import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { delay, type StopStep } from './processes';

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface SupervisedOptions {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** An open file for everything the server prints. */
  logDescriptor: number;
  /** Another OS user to run as; only root may ask for it. */
  user?: { uid: number; gid: number };
  /** How to end it, mildest first. */
  stopSteps: readonly StopStep[];
}

/**
 * Waits for the end of its input, which is the end of this process however it came, and then ends the server. Reading lines until the
 * end, instead of running `cat`, leaves no second process behind. An ended server may stay a zombie where process 1 does not collect it.
 */
const guardianScript = `
pid=$1; shift
alive() {
  kill -0 "$pid" 2>/dev/null || return 1
  [ -r "/proc/$pid/stat" ] || return 0
  read -r state < "/proc/$pid/stat" || return 1
  case "$state" in *") Z "*) return 1 ;; esac
}
while read -r line; do :; done
while [ $# -gt 1 ]; do
  kill -s "$1" "$pid" 2>/dev/null || exit 0
  left=$2; shift 2
  while [ "$left" -gt 0 ]; do
    alive || exit 0
    sleep 0.1; left=$((left - 1))
  done
done
`;

/**
 * A server that ends with this process: by `stop()`, and also when this process is killed hard, by a small guardian that holds the other
 * end of a pipe. Server and guardian have sessions of their own, so Ctrl-C in the terminal reaches neither before us.
 */
export class SupervisedProcess {
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
  private exit: ServerExit | null = null;
  private readonly guardian: ChildProcess;
  private readonly guardianGone: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly steps: readonly StopStep[],
  ) {
    this.pid = child.pid ?? 0;
    this.guardian = startGuardian(this.pid, steps);
    this.guardianGone = new Promise((resolve) => {
      this.guardian.once('exit', () => resolve());
      this.guardian.once('error', () => resolve());
    });
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        // Before the pid can be given to anybody else.
        this.guardian.kill('SIGKILL');
        resolve(this.exit);
      });
    });
    // A forgotten stop() must not keep this process alive: the guardian ends the server then.
    child.unref();
  }

  /** Rejects with the system's error when the command cannot be started. */
  static async start(options: SupervisedOptions): Promise<SupervisedProcess> {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', options.logDescriptor, options.logDescriptor],
      ...options.user,
    });
    if (child.pid === undefined) {
      return new Promise((_resolve, reject) => child.once('error', reject));
    }
    return new SupervisedProcess(child, options.stopSteps);
  }

  get hasExited(): boolean {
    return this.exit !== null;
  }

  /** Ends the server, mildest way first; resolves when it and its guardian are gone. */
  async stop(): Promise<void> {
    // Whoever waits for the end must be kept alive until it comes.
    this.child.ref();
    this.guardian.ref();
    for (const { signal, waitMs } of this.steps) {
      if (this.exit) break;
      this.child.kill(signal);
      await Promise.race([this.exited, pause(waitMs, this.exited)]);
    }
    await this.exited;
    await this.guardianGone;
  }
}

function startGuardian(pid: number, steps: readonly StopStep[]): ChildProcess {
  const args = steps.flatMap(({ signal, waitMs }) => [
    signal.replace('SIG', ''),
    String(Math.ceil(waitMs / 100)),
  ]);
  const guardian = spawn('/bin/sh', ['-c', guardianScript, 'parley-guardian', String(pid), ...args], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.stdin?.on('error', () => undefined);
  (guardian.stdin as Socket | null)?.unref();
  guardian.unref();
  return guardian;
}

/** A pause that does not outlive what it waits for: a pending timer would hold the process for its whole length. */
async function pause(ms: number, until: Promise<unknown>): Promise<void> {
  let over = false;
  void until.then(() => (over = true));
  const deadline = Date.now() + ms;
  while (!over && Date.now() < deadline) await delay(20);
}

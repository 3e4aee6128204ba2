import { join } from 'node:path';
import { freePort } from '@parley/platform/embedded';
import { restartOnChange } from './dev-reload';
import type { Target } from './entrance/gateway-choice';
import { drainMs, type Environment } from './environment';
import { ManagedProcess, type ProcessPorts, type ProcessState } from './processes/managed-process';
import { ProcessLog } from './processes/process-log';
import type { Terminal } from './terminal';

export interface ProcessGroupOptions {
  distDir: string;
  logDir: string;
  environment: Environment;
  show: 'problems' | 'all';
  terminal: Terminal;
}

interface Kind {
  name: string;
  app: 'api' | 'gateway' | 'worker';
  what: string;
}

const kinds: readonly Kind[] = [
  { name: 'api', app: 'api', what: 'REST' },
  { name: 'gateway-1', app: 'gateway', what: 'live connections' },
  { name: 'gateway-2', app: 'gateway', what: 'live connections' },
  { name: 'worker', app: 'worker', what: 'work in the background' },
];

const drainSlackMs = 1_500;
const graceMs = 2_000;

/** api, two gateways and worker: started together, ended in their order. */
export class ProcessGroup {
  private readonly members: { kind: Kind; process: ManagedProcess }[];
  private unwatch: () => void = () => undefined;

  constructor(private readonly options: ProcessGroupOptions) {
    this.members = kinds.map((kind) => ({ kind, process: this.managed(kind) }));
  }

  /** Resolves when all of them are ready. */
  async start(): Promise<void> {
    await Promise.all(this.members.map(({ process }) => process.start()));
  }

  /** Restarts what changes in the compiled files from now on. */
  restartOnChange(): void {
    const byApp = this.members.map(({ kind, process }) => ({
      app: kind.app,
      restart: () => process.restart(),
    }));
    this.unwatch = restartOnChange(this.options.distDir, byApp);
  }

  /** Those of one kind that take requests at this moment. */
  targets(app: Kind['app']): Target[] {
    return this.members
      .filter(({ kind, process }) => kind.app === app && process.state === 'up')
      .map(({ process }) => ({ name: process.name, port: process.ports.port }));
  }

  states(): { name: string; what: string; state: ProcessState }[] {
    return this.members.map(({ kind, process }) => ({
      name: kind.name,
      what: kind.what,
      state: process.state,
    }));
  }

  /** The gateways first, so that what their clients asked for is still answered. */
  async stop(): Promise<void> {
    this.unwatch();
    await this.stopKind('gateway', drainMs + drainSlackMs);
    await Promise.all([this.stopKind('api', graceMs), this.stopKind('worker', graceMs)]);
  }

  /** Ends all of them at once. */
  kill(): void {
    for (const { process } of this.members) process.kill();
  }

  private async stopKind(app: Kind['app'], withinMs: number): Promise<void> {
    const chosen = this.members.filter(({ kind }) => kind.app === app);
    await Promise.all(chosen.map(({ process }) => process.stop(withinMs)));
  }

  private managed({ name, app }: Kind): ManagedProcess {
    const { distDir, logDir, environment, show, terminal } = this.options;
    const print = (line: string) => terminal.line(line);
    return new ManagedProcess({
      name,
      main: join(distDir, 'apps', app, 'src', 'main.js'),
      choosePorts,
      environment: (ports) => ({ ...environment, ...portsEnvironment(app, ports) }),
      log: new ProcessLog({ folder: logDir, process: name, show, print }),
      announce: print,
    });
  }
}

async function choosePorts(): Promise<ProcessPorts> {
  return { port: await freePort(), internalPort: await freePort() };
}

/** Only the entrance is for others: whatever was given, the processes listen on this machine alone. */
function portsEnvironment(app: Kind['app'], { port, internalPort }: ProcessPorts): Environment {
  const prefix = app.toUpperCase();
  return {
    [`${prefix}_HOST`]: '127.0.0.1',
    [`${prefix}_PORT`]: String(port),
    INTERNAL_HOST: '127.0.0.1',
    INTERNAL_PORT: String(internalPort),
  };
}

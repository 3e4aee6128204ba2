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
  private group: string | undefined;
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  constructor(
    dataDir: string,
    private readonly port: number,
    args: string[] = [],
  ) {
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

  /** The embedded server of this name. */
  server(name: 'postgres' | 'redis'): RunningProcess {
    const program = name === 'postgres' ? /\/postgres -D / : /(redis|valkey)-server/;
    const found = this.processes.find(({ command }) => program.test(command));
    if (!found) throw new Error(`No process runs ${name}`);
    return found;
  }

  /** How many parts its page shows as up. */
  async partsUp(): Promise<number> {
    const page = await (await fetch(`http://127.0.0.1:${this.port}/`)).text();
    return page.match(/class="up"/g)?.length ?? 0;
  }

  /** A message into the demo's group; the status of the answer. */
  async post(text: string): Promise<number> {
    return (await this.messages('POST', JSON.stringify({ text }))).status;
  }

  /** The last texts of the demo's group. */
  async texts(): Promise<string[]> {
    const { data } = (await (await this.messages('GET')).json()) as { data: { text: string }[] };
    return data.map(({ text }) => text);
  }

  private async messages(method: string, body?: string): Promise<Response> {
    this.group ??= await this.groupId();
    return fetch(`${this.curl.url}/${this.group}/messages`, {
      method,
      headers: { authorization: this.curl.token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  }

  private async groupId(): Promise<string | undefined> {
    const { body } = await this.printedRequest();
    const { data } = body as { data: { id: string; title: string | null }[] };
    return data.find(({ title }) => title !== null)?.id;
  }

  /** The printed curl line, done by ourselves. */
  async printedRequest(): Promise<{ status: number; body: unknown }> {
    const { token, url } = this.curl;
    const response = await fetch(url, { headers: { authorization: token } });
    return { status: response.status, body: await response.json() };
  }

  private get curl(): { token: string; url: string } {
    const [, token = '', url = ''] = /curl -H "Authorization: (Bearer \S+)" (\S+)/.exec(this.output) ?? [];
    return { token, url };
  }

  /** Ctrl-C: the whole process group hears it. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  killHard(): void {
    this.child.kill('SIGKILL');
  }
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, loadLimits, survivors, waitFor } from '@parley/testing';
import { Launched } from './launched';

jest.setTimeout(120_000);

const parts = 6;
const recoversWithin = { timeoutMs: 30_000 };
const isRoot = process.getuid?.() === 0;

/** One data folder, and the launchers that are started on it one after the other. */
class Installation {
  readonly written: string[] = [];
  running: Launched | undefined;

  private constructor(
    readonly dataDir: string,
    private readonly port: number,
  ) {}

  static async in(folder: string): Promise<Installation> {
    return new Installation(join(folder, 'data'), await freePort());
  }

  get launched(): Launched {
    if (this.running === undefined) throw new TypeError('nothing is running');
    return this.running;
  }

  async start(): Promise<Launched> {
    this.running = new Launched(this.dataDir, this.port);
    await this.running.ready();
    return this.running;
  }

  /** Lifts the limits of the demo's tenant, which would refuse a flood before the disk does. */
  async allowAnyLoad(): Promise<void> {
    const { serverKey } = JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8')) as {
      serverKey: string;
    };
    const { status } = await fetch(`http://127.0.0.1:${this.port}/v1/admin/settings`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ limits: loadLimits }),
    });
    expect(status).toBe(200);
  }

  /** A start that must end by itself; what it says. */
  async refused(): Promise<string> {
    const { code, output } = await new Launched(this.dataDir, this.port).ended;
    expect(code).toBe(1);
    return output;
  }

  async stop(): Promise<void> {
    this.running?.interrupt();
    await this.running?.ended;
    this.running = undefined;
  }

  async write(): Promise<void> {
    const text = `message ${this.written.length + 1}`;
    await waitFor(async () => (await this.launched.post(text)) === 201, {
      ...recoversWithin,
      message: 'a message to be taken',
    });
    this.written.push(text);
  }

  /** Everything runs, all that was acked is there, and more is taken. */
  async isWell(): Promise<void> {
    await waitFor(async () => (await this.launched.partsUp()) === parts, {
      ...recoversWithin,
      message: `all parts to be up:\n${this.launched.output}`,
    });
    const texts = await waitFor(() => this.launched.texts(), recoversWithin);
    expect(texts).toEqual(expect.arrayContaining(this.written));
    await this.write();
  }
}

describe('the launcher recovers', () => {
  const folder = openFolder();
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.in(folder);
    await installation.start();
    await installation.write();
  });
  afterAll(async () => {
    await installation.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['PostgreSQL', 'postgres'],
    ['Redis', 'redis'],
  ] as const)('by itself when %s is killed hard', async (title, name) => {
    const { pid } = installation.launched.server(name);
    process.kill(pid, 'SIGKILL');
    await waitFor(() => installation.launched.output.includes(`${title}: ended; starting it again in`));
    await installation.isWell();
    expect(installation.launched.server(name).pid).not.toBe(pid);
  });

  it('by itself from a child that dies again and again, with a longer pause each time', async () => {
    const pauses = () =>
      [
        ...installation.launched.output.matchAll(/worker ended \(SIGKILL\): starting it again in (\S+) s/g),
      ].map(([, seconds]) => Number(seconds));
    for (let death = 1; death <= 4; death += 1) {
      const { pid } = await waitFor(() => installation.launched.process('worker'), recoversWithin);
      process.kill(pid, 'SIGKILL');
      await waitFor(() => pauses().length === death, { message: 'the death to be announced' });
      await waitFor(() => installation.launched.process('worker').pid !== pid, recoversWithin);
    }
    expect(pauses()).toEqual([0.1, 0.2, 0.4, 0.8]);
    await installation.isWell();
  });

  it('at the next start when it was killed hard', async () => {
    await installation.write();
    const { launched } = installation;
    launched.killHard();
    await launched.ended;
    // At once: what the first one started may still be ending.
    await installation.start();
    await installation.isWell();
  });

  it('at the next start when everything was killed hard at once, PostgreSQL and guardians included', async () => {
    await installation.write();
    const { launched } = installation;
    const { processes } = launched;
    launched.killHard();
    for (const { pid } of processes) killIfAlive(pid);
    await launched.ended;
    await waitFor(() => survivors(processes).length === 0);
    await installation.start();
    await installation.isWell();
  });

  describe('at the next start from damaged files', () => {
    let bystander: ChildProcess;
    const json = ['redis/redis-process.json', 'environment.json', 'demo.json'];
    const locks = ['installation.lock', 'launcher.lock', 'redis/launcher.lock'];

    beforeAll(() => {
      bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
    });
    afterAll(() => bystander.kill('SIGKILL'));

    it.each([
      ['empty', () => ''],
      ['garbage', () => 'no number\n\0\0\0{'],
      ['the number of another living process', (pid: number) => `${pid}`],
    ])('%s: postmaster.pid, the locks and everything that is made anew', async (_, content) => {
      await installation.stop();
      const pid = bystander.pid ?? 0;
      const postmaster = `${content(pid)}\n${join(installation.dataDir, 'pg18')}\n1\n5432\n\n\n\n`;
      writeFileSync(join(installation.dataDir, 'pg18', 'postmaster.pid'), content(pid) && postmaster);
      for (const name of [...locks, ...json]) {
        const foreign = content(pid) === `${pid}`;
        const text = foreign ? JSON.stringify({ pid, identity: 'another' }) : content(pid);
        writeFileSync(join(installation.dataDir, name), text);
      }
      await installation.start();
      await installation.isWell();
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    });

    it.each([
      ['empty', ''],
      ['garbage', 'no JSON'],
    ])(
      'secrets.json, %s: says in one sentence what to do, and works when it is restored',
      async (_, content) => {
        await installation.stop();
        const file = join(installation.dataDir, 'secrets.json');
        const good = readFileSync(file);
        writeFileSync(file, content);
        const said = await installation.refused();
        expect(said.trim().split('\n')).toHaveLength(1);
        expect(said).toContain(`The file ${file} is damaged`);
        writeFileSync(file, good);
        await installation.start();
        await installation.isWell();
      },
    );
  });
});

(isRoot ? describe : describe.skip)(
  'the launcher on a disk that gets full (F29; only root can mount one)',
  () => {
    const disk = openFolder();
    const filler = join(disk, 'filler');
    let installation: Installation;

    beforeAll(async () => {
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=755', 'tmpfs', disk]).status).toBe(0);
      installation = await Installation.in(disk);
      await installation.start();
      await installation.allowAnyLoad();
    });
    afterAll(async () => {
      await installation.stop();
      spawnSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    });

    const free = () => rmSync(filler, { force: true });

    it('answers on, never with a fault of ours, loses nothing and goes on when there is space again', async () => {
      await installation.write();
      fill(filler);
      const { launched } = installation;
      const statuses = new Set<number>();
      let refused = 0;
      for (let index = 0; index < 4_000 && refused < 20; index += 1) {
        const text = `${index} ${'x'.repeat(15_000)}`;
        const status = await launched.post(text);
        statuses.add(status);
        if (status === 201) installation.written.splice(0, installation.written.length, text);
        else refused += 1;
      }
      expect(refused).toBe(20);
      for (const status of statuses) expect([201, 503]).toContain(status);
      const lines = launched.output.split('\n').filter((line) => line.startsWith('PostgreSQL:'));
      expect(lines.length).toBeLessThanOrEqual(3);
      free();
      await installation.isWell();
    });

    it('does not start on it, says so in one sentence, and starts when there is space again', async () => {
      await installation.stop();
      fill(filler);
      const said = await installation.refused();
      expect(said.trim().split('\n')).toHaveLength(1);
      expect(said).toContain('the disk is full');
      free();
      await installation.start();
      await installation.isWell();
    });
  },
);

/** Writes until nothing more fits. */
function fill(file: string): void {
  const descriptor = openSync(file, 'a');
  for (const size of [1024 * 1024, 4096]) {
    try {
      for (;;) if (writeSync(descriptor, Buffer.alloc(size)) < size) break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(descriptor);
}

/** A folder that PostgreSQL's user can enter too. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-recovery-'));
  chmodSync(folder, 0o755);
  return folder;
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with the others.
  }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@parley/testing';
import { survivors } from '@parley/testing';
import { Launched } from './launched';

jest.setTimeout(60_000);

interface Conversations {
  data: { id: string; title: string | null; messageCount: number }[];
}

describe('the embedded start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-launcher-'));
  const dataDir = join(folder, 'data');
  let port: number;
  let launched: Launched | undefined;

  async function launch(): Promise<Launched> {
    launched = new Launched(dataDir, port);
    await launched.ready();
    return launched;
  }

  async function refused(otherDataDir: string, otherPort: number): Promise<string> {
    const { code, output } = await new Launched(otherDataDir, otherPort).ended;
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toHaveLength(1);
    return output;
  }

  beforeAll(async () => {
    port = await freePort();
  });
  afterAll(async () => {
    launched?.interrupt();
    await launched?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  let conversations: Conversations;

  it('prints one block with a request that works, and saves what the command needs', async () => {
    const running = await launch();
    const { status, body } = await running.printedRequest();
    expect(status).toBe(200);
    conversations = body as Conversations;
    expect(conversations.data.map(({ title }) => title).sort()).toEqual(['Welcome', null]);
    expect(running.output).toContain('npx parley chat --as ada');
    expect(running.output.match(/Parley is running/g)).toHaveLength(1);
    for (const name of ['secrets.json', 'demo.json', 'environment.json']) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    }
    const demo = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as {
      url: string;
      users: unknown[];
    };
    expect(demo).toMatchObject({ url: `http://localhost:${port}` });
    expect(demo.users).toHaveLength(3);
  });

  it('shows a page that names every part', async () => {
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page.match(/class="up"/g)).toHaveLength(6);
  });

  it('gives no process the login of the administrator', () => {
    for (const app of ['api', 'gateway', 'worker']) {
      const { pid } = launched!.process(app);
      if (process.platform !== 'linux') continue;
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('DATABASE_ADMIN_URL');
    }
  });

  it('says in one sentence that the folder is in use, that the port is, that the folder is none', async () => {
    expect(await refused(dataDir, await freePort())).toContain(`already in use by process ${launched!.pid}`);
    expect(readdirSync(dataDir)).toContain('environment.json');
    expect(await refused(join(folder, 'other'), port)).toContain(`Port ${port} is in use`);
    expect(readdirSync(join(folder, 'other'))).toEqual([]);
    writeFileSync(join(folder, 'file'), '');
    expect(await refused(join(folder, 'file'), await freePort())).toContain('it is a file');
  });

  it.each(['api', 'gateway', 'worker'])('starts %s again when it dies', async (app) => {
    const { pid } = launched!.process(app);
    process.kill(pid, 'SIGKILL');
    const announced = new RegExp(`${app}\\S* ended \\(SIGKILL\\): starting it again`);
    await waitFor(() => announced.test(launched!.output), { message: `${app} to be missed` });
    await waitFor(
      async () => {
        const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
        return page.match(/class="up"/g)?.length === 6;
      },
      { timeoutMs: 15_000, message: `${app} to be up again` },
    );
  });

  it('leaves nothing running after Ctrl-C', async () => {
    const { processes } = launched!;
    expect(processes.length).toBeGreaterThanOrEqual(5);
    launched!.interrupt();
    await waitFor(() => survivors(processes).length === 0, {
      timeoutMs: 10_000,
      message: 'everything to end',
    });
    expect(await launched!.ended).toMatchObject({ code: 0 });
    expect(readdirSync(dataDir)).not.toContain('environment.json');
  });

  it('keeps the data at the next start, and what dies hard leaves nothing running either', async () => {
    const running = await launch();
    expect((await running.printedRequest()).body).toEqual(conversations);
    const { processes } = running;
    running.killHard();
    await running.ended;
    await waitFor(() => survivors(processes).length === 0, {
      timeoutMs: 10_000,
      message: 'everything that the launcher started to end',
    });
    launched = undefined;
  });
});

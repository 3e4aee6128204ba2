import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lockFolder, prepareFolder } from '@parley/platform/embedded';
import { prepareDemo } from './demo/demo';
import {
  ensureRedis,
  givenDatabase,
  prepareDatabase,
  startDatabase,
  startRedis,
  type Database,
  type PartOptions,
} from './embedded-parts';
import { Entrance } from './entrance/entrance';
import { answerStartPage, type StartPageFacts } from './entrance/start-page';
import { installationEnvironment, operatorEnvironment } from './environment';
import { LaunchError } from './launch.error';
import { writePrivateJson } from './private-file';
import { ProcessGroup } from './process-group';
import { loadSecrets } from './secrets';
import type { Terminal } from './terminal';

export interface LaunchOptions {
  port: number;
  host: string;
  /** Absolute. */
  dataDir: string;
  show: 'problems' | 'all';
  restartOnChange: boolean;
  install: boolean;
  databaseAdminUrl: string | undefined;
  /** The environment that the person gave. */
  given: NodeJS.ProcessEnv;
  /** The folder that holds `dist` and `prisma`. */
  root: string;
}

const entranceGraceMs = 1_000;

/** The embedded installation: everything that it consists of, started in its order and ended in the reverse one. */
export class Launcher {
  private readonly entrance: Entrance;
  private readonly parts: Promise<{ stop: () => Promise<void> } | undefined>[] = [];
  private processes: ProcessGroup | undefined;
  private servers: () => StartPageFacts['parts'] = () => [];
  private leaveFolder: () => void = () => undefined;
  private starting: Promise<void> = Promise.resolve();
  private ending = false;

  constructor(
    private readonly options: LaunchOptions,
    private readonly terminal: Terminal,
  ) {
    this.entrance = new Entrance({
      api: () => this.processes?.targets('api') ?? [],
      gateways: () => this.processes?.targets('gateway') ?? [],
      answerPage: (request, response) => answerStartPage(request, response, this.pageFacts()),
    });
  }

  /** Resolves when everything runs and the block is printed. What cannot be is thrown with one sentence. */
  start(): Promise<void> {
    this.starting = this.bringUp();
    return this.starting;
  }

  /** Ends everything, whatever the start has reached; nothing is left running. */
  async stop(): Promise<void> {
    this.ending = true;
    const entrance = this.entrance.close(entranceGraceMs);
    await this.processes?.stop();
    await entrance;
    await this.starting.catch(() => undefined);
    // A part that could not be started has nothing to end.
    const parts = await Promise.all(this.parts.map((part) => part.catch(() => undefined)));
    await Promise.all(parts.flatMap((part) => (part ? [part.stop()] : [])));
    this.leaveFolder();
  }

  /** Gives up waiting for the processes to finish their work. */
  hurry(): void {
    this.processes?.kill();
  }

  private async bringUp(): Promise<void> {
    const { dataDir, port, host, given, databaseAdminUrl: adminUrl } = this.options;
    prepareFolder(dataDir);
    const release = lockFolder(dataDir, 'Parley', 'installation.lock');
    this.leaveFolder = () => {
      rmSync(this.file('environment.json'), { force: true });
      release();
    };
    await this.entrance.listen(port, host);
    prepareFolder(this.file('logs'));
    const secrets = loadSecrets(dataDir);
    const { database, redisUrl } = await this.startParts({
      given,
      dataDir,
      secrets,
      adminUrl,
      terminal: this.terminal,
    });
    await prepareDatabase(database, join(this.options.root, 'prisma'), this.terminal);
    this.assertGoingOn();
    const environment = installationEnvironment(given, secrets, {
      databaseUrl: database.url,
      databaseSystemUrl: database.systemUrl,
      redisUrl,
    });
    writePrivateJson(
      this.file('environment.json'),
      operatorEnvironment(environment, this.url, database.adminUrl),
    );
    const processes = await this.startProcesses(environment);
    const users = await prepareDemo(
      processes.targets('api')[0]?.port ?? 0,
      environment,
      this.url,
      this.file('demo.json'),
    );
    this.assertGoingOn();
    this.terminal.block({ url: this.url, users, chatLines: this.chatLines() });
  }

  private async startParts(
    options: PartOptions,
  ): Promise<{ database: Database; redisUrl: string | undefined }> {
    const given = givenDatabase(options);
    const withRedis = ensureRedis(options, this.options.install);
    const database = given ? Promise.resolve(given) : startDatabase(options);
    const redis = withRedis ? startRedis(options) : Promise.resolve(undefined);
    this.parts.push(
      redis,
      database.then(({ server }) => server),
    );
    const [ready, queue] = await Promise.all([database, redis]);
    this.assertGoingOn();
    const { server } = ready;
    this.servers = () => [
      ...(server ? [{ name: 'PostgreSQL', what: 'everything that is kept', state: server.state }] : []),
      ...(queue ? [{ name: 'Redis', what: 'between the gateways', state: queue.state }] : []),
    ];
    return { database: ready, redisUrl: queue?.server.url };
  }

  private async startProcesses(environment: Record<string, string>): Promise<ProcessGroup> {
    const { root, show, restartOnChange } = this.options;
    const processes = new ProcessGroup({
      distDir: join(root, 'dist'),
      logDir: this.file('logs'),
      environment,
      show,
      terminal: this.terminal,
    });
    this.processes = processes;
    await processes.start();
    this.terminal.progress('api, two gateways and the worker are ready');
    if (restartOnChange) processes.restartOnChange();
    return processes;
  }

  /** A start that was interrupted must not go on behind the back of the stop. */
  private assertGoingOn(): void {
    if (this.ending) throw new LaunchError('The start was interrupted.');
  }

  private get url(): string {
    const { host, port } = this.options;
    const local = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
    return `http://${local ? 'localhost' : host}:${port}`;
  }

  private file(name: string): string {
    return join(this.options.dataDir, name);
  }

  /** The command finds the installation by its data folder, which is named where it is not the usual one. */
  private chatLines(): string[] {
    const { dataDir } = this.options;
    const shown = relative(process.cwd(), dataDir);
    const prefix = shown === '.parley' ? '' : `PARLEY_DATA_DIR=${dataDir} `;
    return ['ada', 'grace'].map((user) => `${prefix}npx parley chat --as ${user}`);
  }

  private pageFacts(): StartPageFacts {
    const parts = [...this.servers(), ...(this.processes?.states() ?? [])];
    return { url: this.url, chatLines: this.chatLines(), parts };
  }
}

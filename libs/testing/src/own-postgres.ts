import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDeploy, setupDatabase, withDatabase } from '@parley/platform/database';
import { EmbeddedPostgres, freePort } from '@parley/platform/embedded';
import { signalTree } from './descendants';

const root = join(__dirname, '../../..');
const database = 'parley';

/** A PostgreSQL of one spec alone, with all migrations applied, that the spec may stop and start. */
export class OwnPostgres {
  private constructor(
    readonly appUrl: string,
    readonly systemUrl: string,
    private server: EmbeddedPostgres,
    private readonly restart: () => Promise<EmbeddedPostgres>,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-own-postgres-'));
    // PostgreSQL of a run as root belongs to another user, who must get in.
    chmodSync(folder, 0o755);
    const adminPassword = randomBytes(12).toString('hex');
    const port = await freePort();
    const start = () =>
      EmbeddedPostgres.start({ dataDir: join(folder, 'data'), adminPassword, port, fsync: false });
    const server = await start();
    const password = randomBytes(12).toString('hex');
    const urlOf = (role: string): string =>
      `postgresql://${role}:${password}@${server.host}:${server.port}/${database}`;
    const adminUrl = withDatabase(server.adminUrl, database);
    await setupDatabase({ adminUrl, appUrl: urlOf('parley_app'), systemUrl: urlOf('parley_system') });
    const prisma = join(root, 'prisma');
    await migrateDeploy({
      adminUrl,
      migrationsDir: join(prisma, 'migrations'),
      schemaDir: join(prisma, 'schema'),
    });
    return new OwnPostgres(urlOf('parley_app'), urlOf('parley_system'), server, start, folder);
  }

  /** Ends the server; its clients are disconnected. */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    this.server = await this.restart();
  }

  /** Stops every process of the server where it stands: connections stay open, and nothing answers. */
  freeze(): void {
    signalTree(this.server.pid, 'SIGSTOP');
  }

  thaw(): void {
    signalTree(this.server.pid, 'SIGCONT');
  }

  async remove(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

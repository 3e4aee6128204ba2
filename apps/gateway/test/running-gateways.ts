import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { UpdateSettingsDto } from '@parley/contracts/dto';
import { mintToken } from '@parley/platform/auth';
import { loadConfig } from '@parley/platform/config';
import { Db } from '@parley/platform/database';
import type { EgressOptions } from '@parley/platform/egress';
import { createLogger } from '@parley/platform/telemetry';
import type { CreatedTenantView } from '@parley/contracts/wire';
import { SettingsService, TenantService } from '@parley/domain/tenants';
import {
  createConversation,
  loadLimits,
  serverActor,
  testDatabase,
  testRedis,
  waitFor,
} from '@parley/testing';
import { Connections } from '../src/connections/connections';
import { gatewaySections } from '../src/gateway.config';
import { startGateway } from '../src/start-gateway';
import { TestSocket } from './test-socket';

export interface TestGateway {
  app: NestExpressApplication;
  url: string;
}

/** Gateways in this process, on one database and one Redis of their own, with one tenant. */
export class RunningGateways {
  readonly gateways: TestGateway[] = [];
  /** Every line that was logged. */
  readonly lines: string[] = [];
  private readonly sockets: TestSocket[] = [];
  private tenant: CreatedTenantView | undefined;

  private constructor(
    private readonly environment: Record<string, string>,
    private readonly drop: () => Promise<void>,
    private readonly egress: EgressOptions,
  ) {}

  static async start(
    count: number,
    overrides: Record<string, string> = {},
    egress: EgressOptions = {},
  ): Promise<RunningGateways> {
    const database = await testDatabase();
    const redis = await testRedis();
    const environment = {
      NODE_ENV: 'test',
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      REDIS_URL: redis.url,
      REDIS_CHANNEL_PREFIX: redis.prefix,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      GATEWAY_PORT: '0',
      INTERNAL_PORT: '0',
      DRAIN_MS: '0',
      ...overrides,
    };
    const running = new RunningGateways(environment, () => database.drop(), egress);
    for (let index = 0; index < count; index += 1) await running.add();
    running.tenant = await running.service(TenantService).create('test');
    await running.limit(loadLimits);
    return running;
  }

  async add(overrides: Record<string, string> = {}): Promise<TestGateway> {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => this.lines.push(chunk.toString()));
    const log = createLogger({ process: 'gateway', level: 'debug', format: 'json', stream });
    const config = loadConfig(gatewaySections, { ...this.environment, ...overrides });
    const app = await startGateway(config, log, this.egress);
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const gateway = { app, url: `http://127.0.0.1:${port}` };
    this.gateways.push(gateway);
    return gateway;
  }

  url(index = 0): string {
    const gateway = this.gateways[index];
    if (gateway === undefined) throw new RangeError(`there is no gateway ${index}`);
    return gateway.url;
  }

  get redisUrl(): string {
    return this.environment['REDIS_URL'] ?? '';
  }

  service<T>(token: abstract new (...args: never[]) => T): T {
    const [gateway] = this.gateways;
    if (gateway === undefined) throw new RangeError('there is no gateway');
    return gateway.app.get<T>(token, { strict: false });
  }

  /** Changes the tenant's limits; a gateway that has asked for them before knows within seconds. */
  async limit(limits: UpdateSettingsDto['limits']): Promise<void> {
    await this.service(SettingsService).update(serverActor(this.tenantId), { limits });
  }

  get tenantId(): string {
    return this.created.id;
  }

  async token(userId: string, ttlSeconds = 600): Promise<string> {
    const { id: tenantId, signingKey } = this.created;
    const key = {
      tenantId,
      kid: signingKey.kid ?? '',
      secret: signingKey.secret,
      algorithm: 'HS256' as const,
    };
    return mintToken({ ...key, issuer: null, audience: null }, { userId, ttlSeconds }).token;
  }

  /**
   * A group in which these users see everything; its timeline is empty. The first one owns it. No event tells of it: make
   * it before its users connect.
   */
  async conversation(...userIds: string[]): Promise<string> {
    const db = this.service(Db);
    const id = await createConversation(db, this.tenantId, userIds);
    await db.tx(this.tenantId, ({ prisma }) =>
      prisma.participant.updateMany({
        where: { conversationId: id, userId: userIds[0] ?? '' },
        data: { role: 'owner' },
      }),
    );
    return id;
  }

  /** A device of this user that is ready. */
  async connect(userId: string, gateway = 0): Promise<TestSocket> {
    const socket = this.open({ token: await this.token(userId) }, gateway);
    await socket.ready();
    return socket;
  }

  open(auth: Record<string, unknown>, gateway = 0): TestSocket {
    const socket = new TestSocket(this.url(gateway), auth);
    this.sockets.push(socket);
    return socket;
  }

  async disconnectAll(): Promise<void> {
    for (const socket of this.sockets.splice(0)) socket.close();
    const connections = this.gateways.map(({ app }) => app.get(Connections, { strict: false }));
    await waitFor(() => connections.every(({ size }) => size === 0));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    await Promise.all(this.gateways.map(({ app }) => app.close()));
    await this.drop();
  }

  private get created(): CreatedTenantView {
    if (this.tenant === undefined) throw new TypeError('there is no tenant yet');
    return this.tenant;
  }
}

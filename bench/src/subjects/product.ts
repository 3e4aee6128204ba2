import { randomBytes } from 'node:crypto';
import { freePort, loadLimits, SystemProcess } from '@parley/testing';
import { pin } from '@parley/testing/load';
import { mintToken } from '@parley/platform/auth';
import { collectsOnSignal } from '../measure/collecting';
import type { Servers } from './servers';
import type { MadeWorld, Subject, World } from './subject.types';

const tenantId = '01890000-0000-7000-8000-0000000be4c4';
const serverKey = `psk_${randomBytes(32).toString('base64url')}`;
const signing = { kid: 'pk_bench000000000000000aa', secret: randomBytes(32).toString('base64url') };
const tokenTtlSeconds = 86_400;
const participantsPerRequest = 100;
const requestsAtOnce = 4;

export interface ProductOptions {
  /** Profiles of the gateway are written here when it ends. */
  profileFolder?: string;
}

/** The built product with the settings of production: api, one gateway, worker. */
export class Product implements Subject {
  readonly name = 'parley';
  readonly dialect = 'socket.io';
  readonly keepsOrder = true;
  private readonly running = new Map<string, SystemProcess>();
  private apiPort = 0;
  private gatewayPort = 0;

  private constructor(private readonly servers: Servers) {}

  static async start(servers: Servers, options: ProductOptions = {}): Promise<Product> {
    const product = new Product(servers);
    try {
      await product.startAll(options);
      return product;
    } catch (error) {
      await product.stop();
      throw error;
    }
  }

  get port(): number {
    return this.gatewayPort;
  }

  get processes(): Record<string, number> {
    const own = [...this.running].map(([app, { pid }]) => [app, pid] as const);
    return { ...Object.fromEntries(own), postgres: this.servers.postgresPid, redis: this.servers.redisPid };
  }

  /** Users by SQL, conversations by REST: the one is only a name, the other has rules of its own. */
  async make({ users, conversations }: World): Promise<MadeWorld> {
    const prefix = randomBytes(4).toString('hex');
    const name = (user: number): string => `${prefix}-${user}`;
    const names = Array.from({ length: users }, (_, user) => name(user));
    await this.servers.asAdmin((client) =>
      client.query('INSERT INTO app_user (tenant_id, id) SELECT $1, unnest($2::text[])', [tenantId, names]),
    );
    const tokens = await Promise.all(names.map((userId) => this.token(userId)));
    const conversationIds: string[] = [];
    for (let at = 0; at < conversations.length; at += requestsAtOnce) {
      const made = conversations
        .slice(at, at + requestsAtOnce)
        .map((members) => this.makeConversation(members.map(name)));
      conversationIds.push(...(await Promise.all(made)));
    }
    return { conversationIds, auth: (user) => JSON.stringify({ token: tokens[user] }) };
  }

  async token(userId: string): Promise<string> {
    const key = { tenantId, ...signing, algorithm: 'HS256', issuer: null, audience: null } as const;
    return mintToken(key, { userId, ttlSeconds: tokenTtlSeconds }).token;
  }

  /** A call of REST with the server key, or with a user's token. @throws Error on any refusal */
  async rest<T>(method: string, path: string, body?: unknown, token = serverKey): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.apiPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async restartFront(): Promise<void> {
    await this.running.get('gateway')?.restart();
    this.pinAll();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((each) => each.stop()));
  }

  private async makeConversation(members: readonly string[]): Promise<string> {
    const list = members.map((userId) => ({ userId }));
    const { id } = await this.rest<{ id: string }>('POST', '/v1/conversations', {
      kind: 'group',
      participants: list.slice(0, participantsPerRequest),
    });
    for (let at = participantsPerRequest; at < list.length; at += participantsPerRequest) {
      await this.rest('POST', `/v1/conversations/${id}/participants`, {
        participants: list.slice(at, at + participantsPerRequest),
      });
    }
    return id;
  }

  private async startAll({ profileFolder }: ProductOptions): Promise<void> {
    this.apiPort = await freePort();
    this.gatewayPort = await freePort();
    const common = this.environment();
    await this.launch('api', { ...common, API_PORT: String(this.apiPort) });
    const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const gateway = { ...common, GATEWAY_PORT: String(this.gatewayPort) };
    await this.launch('gateway', gateway, [...collectsOnSignal, ...profiling]);
    await this.launch('worker', common);
    await this.rest('PATCH', '/v1/admin/settings', { limits: loadLimits });
    this.pinAll();
  }

  private async launch(
    app: string,
    environment: Record<string, string>,
    nodeOptions: string[] = [],
  ): Promise<void> {
    const internalPort = await freePort();
    const settings = { ...environment, INTERNAL_PORT: String(internalPort) };
    this.running.set(app, await SystemProcess.start(app, settings, internalPort, undefined, nodeOptions));
  }

  private environment(): Record<string, string> {
    return {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      DATABASE_URL: this.servers.productUrl('parley_app'),
      DATABASE_SYSTEM_URL: this.servers.productUrl('parley_system'),
      REDIS_URL: this.servers.redisUrl,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      DRAIN_MS: '0',
      BOOTSTRAP_TENANT_ID: tenantId,
      BOOTSTRAP_TENANT_NAME: 'bench',
      BOOTSTRAP_SERVER_KEY: serverKey,
      BOOTSTRAP_SIGNING_KID: signing.kid,
      JWT_SECRET: signing.secret,
    };
  }

  private pinAll(): void {
    const { serverCore } = this.servers;
    if (serverCore !== undefined) pin(Object.values(this.processes), serverCore);
  }
}

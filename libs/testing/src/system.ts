import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@parley/platform/embedded';
import { loadLimits } from './factories';
import { SystemProcess } from './system-process';
import { testDatabase, testRedis, type TestDatabase } from './test-environment';

/** The installation of a system test: its own database and Redis, its own tenant. */
export interface System {
  apiUrl: string;
  gatewayUrls: string[];
  processes: SystemProcess[];
  database: TestDatabase;
  tenantId: string;
  serverKey: string;
  /** A REST call with the server key, or with a user's token; the body of the answer. @throws on any status of 400 and above */
  rest<T>(method: string, path: string, body?: unknown, token?: string): Promise<T>;
  /** Makes the user and gives it a token. */
  token(userId: string): Promise<string>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  /** Default 2. */
  gateways?: number;
  /** Settings of every process, before those that the system would give it. */
  environment?: Record<string, string>;
  /** The tenant keeps the default limits; otherwise its limits allow any load. */
  ownLimits?: boolean;
}

/** api, gateways and worker as processes of their own, on free ports, with a first tenant by the bootstrap settings. */
export async function startSystem({
  gateways = 2,
  environment: given = {},
  ownLimits = false,
}: SystemOptions = {}): Promise<System> {
  const database = await testDatabase();
  const redis = await testRedis();
  const serverKey = `psk_${randomBytes(32).toString('base64url')}`;
  const tenantId = '01890000-0000-7000-8000-000000000001';
  const common = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.appUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    REDIS_URL: redis.url,
    REDIS_CHANNEL_PREFIX: redis.prefix,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    DRAIN_MS: '200',
    BOOTSTRAP_TENANT_ID: tenantId,
    BOOTSTRAP_TENANT_NAME: 'system test',
    BOOTSTRAP_SERVER_KEY: serverKey,
    BOOTSTRAP_SIGNING_KID: 'pk_systemtest0000000000aa',
    JWT_SECRET: randomBytes(32).toString('base64url'),
    ...given,
  };
  const processes: SystemProcess[] = [];
  const launch = async (app: string, portName?: string): Promise<string> => {
    const port = await freePort();
    const internalPort = await freePort();
    const environment = {
      ...common,
      INTERNAL_PORT: String(internalPort),
      ...(portName ? { [portName]: String(port) } : {}),
    };
    processes.push(await SystemProcess.start(app, environment, internalPort));
    return `http://127.0.0.1:${port}`;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((each) => each.stop()));
    await database.drop();
  };
  try {
    const apiUrl = await launch('api', 'API_PORT');
    const rest = restCaller(apiUrl, serverKey);
    // Before any other process asks for them: each keeps what it read for seconds.
    if (!ownLimits) await rest('PATCH', '/v1/admin/settings', { limits: loadLimits });
    const gatewayUrls = await Promise.all(
      Array.from({ length: gateways }, () => launch('gateway', 'GATEWAY_PORT')),
    );
    await launch('worker');
    return {
      apiUrl,
      gatewayUrls,
      processes,
      database,
      tenantId,
      serverKey,
      rest,
      token: async (userId) => (await rest<{ token: string }>('POST', '/v1/tokens', { userId })).token,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function restCaller(apiUrl: string, serverKey: string): System['rest'] {
  const call = async <T>(method: string, path: string, body?: unknown, token = serverKey): Promise<T> => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const error = new RestError(response.status, text);
    // A machine that is busy otherwise puts sends off; a client comes back when it is told to.
    if (error.problem.code !== 'service.overloaded') throw error;
    await delay(error.problem.retryAfterMs);
    return call<T>(method, path, body, token);
  };
  return call;
}

/** A refused REST call, with the problem document. */
export class RestError extends Error {
  readonly problem: { code?: string; retryAfterMs?: number; issues?: { path: string }[] };

  constructor(
    readonly status: number,
    body: string,
  ) {
    super(`${status} ${body}`);
    this.problem = JSON.parse(body || '{}') as RestError['problem'];
  }
}

import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { UpdateSettingsDto } from '@parley/contracts/dto';
import type { Problem } from '@parley/contracts/wire';
import { loadConfig } from '@parley/platform/config';
import type { EgressOptions } from '@parley/platform/egress';
import { createLogger } from '@parley/platform/telemetry';
import { SettingsService, TenantService } from '@parley/domain/tenants';
import { loadLimits, serverActor, testDatabase, type TestDatabase } from '@parley/testing';
import { apiSections } from '../src/api.config';
import { startApi } from '../src/start-api';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

export interface CallOptions {
  token?: string;
  body?: unknown;
  /** Sent as it is. */
  rawBody?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** A tenant of the test, with a server key of its own. */
export interface TestTenant {
  id: string;
  serverKey: string;
}

/** The api in this process, on a database of its own, without Redis. */
export class RunningApi {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    /** Every line that was logged. */
    readonly lines: string[],
    readonly database: TestDatabase,
  ) {}

  static async start(
    environment: Record<string, string> = {},
    egress: EgressOptions = {},
  ): Promise<RunningApi> {
    const database = await testDatabase();
    const lines: string[] = [];
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8')));
    const config = loadConfig(apiSections, {
      NODE_ENV: 'test',
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      API_PORT: '0',
      INTERNAL_PORT: '0',
      ...environment,
    });
    const app = await startApi(
      config,
      createLogger({ process: 'api', level: 'info', format: 'json', stream }),
      egress,
    );
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    return new RunningApi(app, `http://127.0.0.1:${port}`, lines, database);
  }

  /** Its limits allow any load, unless it is to have others; null: it sets none. */
  async tenant(name = 'test', limits: UpdateSettingsDto['limits'] | null = loadLimits): Promise<TestTenant> {
    const { id, serverKey } = await this.app.get(TenantService, { strict: false }).create(name);
    if (limits !== null)
      await this.app.get(SettingsService, { strict: false }).update(serverActor(id), { limits });
    return { id, serverKey: serverKey.secret };
  }

  async call<T = Problem>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const { token, body, rawBody, headers } = options;
    const content = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : undefined) as T,
      text,
    };
  }

  /** A user's token; the user is made where it is not known. */
  async token(tenant: TestTenant, userId: string): Promise<string> {
    const { body } = await this.call<{ token: string }>('POST', '/v1/tokens', {
      token: tenant.serverKey,
      body: { userId },
    });
    return body.token;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}

import { Test, type TestingModule } from '@nestjs/testing';
import { Health, InternalServer, TelemetryModule, createLogger } from '../index';

interface Answer {
  code: number;
  body: { status: string; checks: Record<string, Record<string, unknown>> };
}

describe('the internal port', () => {
  let module: TestingModule;
  let health: Health;

  beforeEach(async () => {
    const log = createLogger({ process: 'api', level: 'error', format: 'json' });
    const telemetry = TelemetryModule.forRoot({
      process: 'api',
      log,
      internal: { host: '127.0.0.1', port: 0 },
    });
    module = await Test.createTestingModule({ imports: [telemetry] }).compile();
    await module.init();
    health = module.get(Health);
  });
  afterEach(() => module.close());

  function get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${module.get(InternalServer).port}${path}`);
  }

  async function ready(): Promise<Answer> {
    const response = await get('/health/ready');
    return { code: response.status, body: (await response.json()) as Answer['body'] };
  }

  const works = (): Promise<void> => Promise.resolve();
  const fails = (): Promise<void> => Promise.reject(new Error('no route to postgresql://app:canary@db'));
  const hangs = (): Promise<void> => new Promise(() => undefined);

  it('is live at once, and ready when the process says that it serves', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect(await ready()).toMatchObject({ code: 503, body: { status: 'starting' } });
    health.markServing();
    expect(await ready()).toMatchObject({ code: 200, body: { status: 'ok' } });
    health.onModuleDestroy();
    expect(await ready()).toMatchObject({ code: 503, body: { status: 'stopping' } });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('stays ready without a dependency that is not gating, and says so', async () => {
    health.register({ name: 'postgres', gating: true, check: works });
    health.register({ name: 'redis', gating: false, check: fails });
    health.markServing();
    const { code, body } = await ready();
    expect(code).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { postgres: { status: 'up', gating: true }, redis: { status: 'down', gating: false } },
    });
    expect(body.checks['redis']?.['detail']).toContain('no route');
    expect(JSON.stringify(body)).not.toContain('canary');
  });

  it('is not ready without a gating dependency, also when that only hangs', async () => {
    health.register({ name: 'postgres', gating: true, check: hangs });
    health.register({ name: 'redis', gating: false, check: works });
    health.markServing();
    const { code, body } = await ready();
    expect(code).toBe(503);
    expect(body.checks['postgres']).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('timeout') as string,
    });
    expect(body.checks['redis']).toMatchObject({ status: 'up' });
  });

  it('tells the public which service is down, and no reason (S36)', async () => {
    let asked = 0;
    health.register({ name: 'postgres', gating: true, check: () => ((asked += 1), fails()) });
    health.markServing();
    const now = new Date(0);
    const expected = { status: 'error', timestamp: now.toISOString(), services: { postgres: 'down' } };
    expect(await Promise.all([health.publicReport(now), health.publicReport(now)])).toEqual([
      expected,
      expected,
    ]);
    expect(asked).toBe(1);
  });

  it('serves the metrics of the process', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('process_resident_memory_bytes{process="api"}');
    expect((await get('/other')).status).toBe(404);
  });

  it('names the setting when its port is in use', async () => {
    const port = module.get(InternalServer).port;
    const log = createLogger({ process: 'api', level: 'error', format: 'json' });
    const telemetry = TelemetryModule.forRoot({ process: 'api', log, internal: { host: '127.0.0.1', port } });
    const other = await Test.createTestingModule({ imports: [telemetry] }).compile();
    await expect(other.init()).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use: set INTERNAL_PORT to another one.`,
    );
  });
});

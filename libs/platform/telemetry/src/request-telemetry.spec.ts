import { Writable } from 'node:stream';
import { Controller, Get, Param, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Metrics, RequestTelemetry, TelemetryModule, createLogger } from './index';

@Controller('v1/things')
class ThingController {
  @Get(':id')
  read(@Param('id') id: string): { id: string } {
    return { id };
  }
}

describe('a request over HTTP', () => {
  const lines: string[] = [];
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()),
    });
    const log = createLogger({ process: 'api', level: 'info', format: 'json', stream });
    const telemetry = TelemetryModule.forRoot({
      process: 'api',
      log,
      internal: { host: '127.0.0.1', port: 0 },
    });
    const module = await Test.createTestingModule({
      imports: [telemetry],
      controllers: [ThingController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.use(app.get(RequestTelemetry).middleware(() => ({ tenantId: 't1', userId: 'ada' })));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => lines.splice(0));

  async function requestId(headers: Record<string, string>): Promise<string | null> {
    const response = await fetch(`${url}/v1/things/7`, { headers });
    await response.text();
    return response.headers.get('x-request-id');
  }

  it.each(['x-request-id', 'x-correlation-id'])('keeps the id that the client gave in %s', async (header) => {
    expect(await requestId({ [header]: 'trace-1.a:b_c' })).toBe('trace-1.a:b_c');
  });

  it.each([
    ['too long', 'a'.repeat(65)],
    ['of other characters', 'a b;c'],
    ['markup', '<script>'],
  ])('makes an id of its own for one that is %s', async (_, id) => {
    expect(await requestId({ 'x-request-id': id })).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('logs and counts the route, never the URL', async () => {
    await (await fetch(`${url}/v1/things/canary?token=canary`, { headers: { 'x-request-id': 'r1' } })).text();
    await (await fetch(`${url}/nowhere/canary`)).text();
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toEqual([
      expect.objectContaining({
        event: 'http.request',
        method: 'GET',
        route: '/v1/things/:id',
        status: 200,
        requestId: 'r1',
        userId: 'ada',
      }),
      expect.objectContaining({ route: 'unmatched', status: 404 }),
    ]);
    const metrics = await app.get(Metrics).render();
    expect(metrics).toMatch(
      /http_requests_total{method="GET",route="\/v1\/things\/:id",status="200",process="api"} \d+/,
    );
    expect(metrics).toContain(
      'http_request_duration_seconds_count{process="api",method="GET",route="/v1/things/:id"}',
    );
    expect(lines.join() + metrics).not.toContain('canary');
  });
});

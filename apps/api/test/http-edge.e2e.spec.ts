import { request } from 'node:http';
import { AppError, type ConversationView, type MessagePage, type SendResult } from '@parley/contracts/wire';
import { Metrics } from '@parley/platform/telemetry';
import { MessageService } from '@parley/domain/messages';
import { RunningApi, type TestTenant } from './running-api';

describe('the HTTP edge', () => {
  let api: RunningApi;
  let tenant: TestTenant;
  let token: string;

  beforeAll(async () => {
    api = await RunningApi.start({ CORS_ORIGIN: 'https://app.example.com' });
    tenant = await api.tenant();
    token = await api.token(tenant, 'ada');
  });

  afterAll(() => api.stop());

  async function group(): Promise<string> {
    const { body } = await api.call<ConversationView>('POST', '/v1/conversations', {
      token,
      body: { kind: 'group' },
    });
    return `/v1/conversations/${body.id}`;
  }

  it('answers an unknown path and a wrong method with a code of their own', async () => {
    const unknown = await api.call('GET', '/v1/nothing/here', { token });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'route.not_found']);
    const wrong = await api.call('PUT', '/v1/conversations', { token });
    expect([wrong.status, wrong.body.code, wrong.headers.get('allow')]).toEqual([
      405,
      'method.not_allowed',
      'GET, HEAD, POST',
    ]);
  });

  it('S35: does not echo a request', async () => {
    // fetch itself refuses to send it
    const status = await new Promise((resolve, reject) => {
      request(`${api.url}/v1/me`, { method: 'TRACE' }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(405);
  });

  it('refuses a path that cannot be decoded', async () => {
    const { status, body } = await api.call('GET', '/v1/conversations/%E0%A4%A', { token });
    expect([status, body.code]).toEqual([400, 'request.malformed']);
  });

  it('wants a token everywhere but at /health', async () => {
    for (const [method, path] of [
      ['GET', '/v1/me'],
      ['POST', '/v1/conversations'],
      ['GET', '/v1/users'],
      ['POST', '/v1/tokens'],
      ['GET', '/v1/admin/keys'],
    ] as const) {
      const missing = await api.call(method, path);
      expect([missing.status, missing.body.code]).toEqual([401, 'token.missing']);
      const wrong = await api.call(method, path, { token: 'psk_wrong' });
      expect([wrong.status, wrong.body.code]).toEqual([401, 'token.invalid']);
    }
    const health = await api.call<object>('GET', '/health');
    expect(health.body).toEqual({
      status: 'ok',
      timestamp: expect.any(String) as string,
      services: { postgres: 'up' },
    });
  });

  it('S35: every answer, errors included, has the headers that browsers and caches need', async () => {
    const paths = ['/v1/me', '/v1/nothing', '/health', '/v1/conversations'];
    const answers = await Promise.all(
      paths.map((path) => api.call('GET', path, path === '/v1/me' ? { token } : {})),
    );
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'strict-transport-security': expect.stringContaining('max-age=') as string,
        'x-request-id': expect.any(String) as string,
      });
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('etag')).toBeNull();
    }
  });

  it('S35: lets pages of allowed origins read, and no others', async () => {
    const preflight = (origin: string) =>
      api.call('OPTIONS', '/v1/conversations', {
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const denied = await preflight('https://app.example.com.evil.test');
    expect(denied.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('names the request in the answer, the problem and the log, and logs no token', async () => {
    const headers = { 'x-request-id': 'my-request-1' };
    const { body, headers: answered } = await api.call('GET', '/v1/nothing', { token, headers });
    expect([body.requestId, answered.get('x-request-id')]).toEqual(['my-request-1', 'my-request-1']);
    expect(answered.get('content-type')).toContain('application/problem+json');
    expect(api.lines.join('')).toContain('my-request-1');
    expect(api.lines.join('')).not.toContain(token);
    const forged = await api.call('GET', '/v1/nothing', { token, headers: { 'x-request-id': 'a b' } });
    expect(forged.body.requestId).not.toBe('a b');
  });

  it('S36: says nothing of what went wrong inside, but logs it', async () => {
    const path = await group();
    const failing = jest
      .spyOn(api.app.get(MessageService, { strict: false }), 'page')
      .mockRejectedValueOnce(new Error('SELECT secret FROM message'));
    const { status, body, text } = await api.call('GET', `${path}/messages`, { token });
    failing.mockRestore();
    expect([status, body.code, body.retryable]).toEqual([500, 'internal.error', true]);
    expect(text).not.toContain('secret');
    expect(api.lines.filter((line) => line.includes('http.failed')).join('')).toContain(body.requestId);
  });

  it('says how long to wait', async () => {
    const path = await group();
    const failing = jest
      .spyOn(api.app.get(MessageService, { strict: false }), 'page')
      .mockRejectedValueOnce(new AppError('service.unavailable', { retryAfterMs: 1_200 }));
    const { status, headers, body } = await api.call('GET', `${path}/messages`, { token });
    failing.mockRestore();
    expect([status, headers.get('retry-after'), body.retryAfterMs]).toEqual([503, '2', 1_200]);
  });

  it('I3: 200 concurrent posts of one clientMessageId make one message', async () => {
    const path = await group();
    const body = { clientMessageId: 'the-only-one', text: 'once' };
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => api.call<SendResult>('POST', `${path}/messages`, { token, body })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(199);
    expect(new Set(answers.map((answer) => answer.body.message.id)).size).toBe(1);
    const { body: page } = await api.call<MessagePage>('GET', `${path}/messages`, { token });
    expect(page.data.map(({ seq }) => seq)).toEqual([2]);
  });

  it('takes Idempotency-Key for clientMessageId', async () => {
    const path = await group();
    const send = (headers: Record<string, string>, body: object) =>
      api.call<SendResult>('POST', `${path}/messages`, { token, headers, body });
    const first = await send({ 'idempotency-key': 'from-the-header' }, { text: 'a' });
    const again = await send({}, { text: 'a', clientMessageId: 'from-the-header' });
    expect([first.status, again.status, again.body.duplicate]).toEqual([201, 200, true]);
    expect(again.body.message).toEqual(first.body.message);
    const other = await send({ 'idempotency-key': 'from-the-header' }, { text: 'b' });
    expect([other.status, (other.body as unknown as { code: string }).code]).toEqual([
      409,
      'message.key_conflict',
    ]);
  });

  it('acts for a user with a server key that names it', async () => {
    const path = await group();
    const options = { token: tenant.serverKey, body: { text: 'from the back end' } };
    const nobody = await api.call('POST', `${path}/messages`, options);
    expect([nobody.status, nobody.body.code]).toEqual([400, 'actor.required']);
    const ada = await api.call<SendResult>('POST', `${path}/messages`, {
      ...options,
      headers: { 'parley-act-as': 'ada' },
    });
    expect(ada.body.message.sender).toBe('ada');
  });

  it('leaves a conversation by the name me', async () => {
    const path = await group();
    const { status, body } = await api.call<{ participant: object }>('DELETE', `${path}/participants/me`, {
      token,
    });
    expect([status, body]).toMatchObject([200, { participant: { userId: 'ada', leftSeq: 2 } }]);
  });

  it('counts what it sends, as the sockets do', async () => {
    const path = `${await group()}/messages`;
    const body = { clientMessageId: 'counted-once', text: 'a' };
    for (const _ of [1, 2]) await api.call('POST', path, { token, body });
    await api.call('POST', path, { token, body: { ...body, text: 'b' } });
    const text = await api.app.get(Metrics, { strict: false }).render();
    for (const status of ['created', 'duplicate', 'refused'])
      expect(text).toMatch(
        new RegExp(`messages_total\\{type="text",status="${status}",process="api"\\} [1-9]`),
      );
  });
});

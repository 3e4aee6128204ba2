import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Metrics } from '@parley/platform/telemetry';
import { selfSigned, waitFor } from '@parley/testing';
import { Egress, type EgressOptions } from './egress';
import { EgressError } from './egress.error';
import type { EgressAnswer, EgressRequest } from './egress.types';

// The whole of 127.0.0.0/8 is this machine: one address stands for the internet, another for what nobody may reach.
const outside = '127.0.0.2';
const inside = '127.0.0.3';

describe('Egress', () => {
  const servers: Server[] = [];
  const seen: string[] = [];
  let handler: RequestListener;
  let port: number;

  async function serve(server: Server, address: string): Promise<number> {
    servers.push(server);
    server.listen(0, address);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  beforeAll(async () => {
    port = await serve(
      createServer((request, response) => {
        seen.push(request.url ?? '');
        handler(request, response);
      }),
      outside,
    );
  });

  beforeEach(() => {
    seen.length = 0;
    handler = (_, response) => response.end('hello');
  });

  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  function egress(options: EgressOptions = {}, metrics = new Metrics('test')): Egress {
    return new Egress(metrics, {
      resolve: async () => [outside],
      permitted: [`${outside}:${port}`],
      ...options,
    });
  }

  function ask(
    client: Egress,
    url: string,
    changes: Partial<EgressRequest> = {},
  ): Promise<EgressAnswer | string> {
    const request = { url, purpose: 'test', owner: 'acme', timeoutMs: 5_000, maxBytes: 1_000 };
    return client
      .request({ ...request, allowHttp: true, ...changes })
      .catch((error: unknown) =>
        error instanceof EgressError ? error.code : Promise.reject(error as Error),
      );
  }

  const url = (path = '/'): string => `http://host.test:${port}${path}`;

  it('brings the answer, whatever its status', async () => {
    handler = (request, response) => {
      response.writeHead(418, { 'x-method': request.method ?? '' });
      request.pipe(response);
    };
    const answer = await ask(egress(), url('/a?b=1'), {
      method: 'POST',
      body: 'häh',
      headers: { 'x-a': '1' },
    });
    expect(answer).toMatchObject({ status: 418, headers: { 'x-method': 'POST' }, url: url('/a?b=1') });
    expect((answer as EgressAnswer).body.toString()).toBe('häh');
  });

  it('sends its own headers where the caller has no say', async () => {
    handler = (request, response) => response.end(JSON.stringify(request.headers));
    const headers = { Host: 'evil.test', 'Accept-Encoding': 'gzip', 'x-own': 'yes', 'User-Agent': 'mine' };
    const { body } = (await ask(egress(), url(), { headers })) as EgressAnswer;
    expect(JSON.parse(body.toString())).toEqual({
      host: `host.test:${port}`,
      connection: 'close',
      'accept-encoding': 'identity',
      'x-own': 'yes',
      'user-agent': 'mine',
    });
  });

  describe('S26: which addresses', () => {
    it.each([
      'http://127.0.0.1/',
      'http://127.1/',
      'http://0x7f.1/',
      'http://0x7f000001/',
      'http://2130706433/',
      'http://017700000001/',
      'http://0177.0.0.1/',
      'http://１２７.0.0.1/',
      'http://127。0。0。1/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[2002:7f00:1::]/',
      'http://0/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[fd00:ec2::254]/',
      'https://10.0.0.1/',
    ])('%s is refused, by the number alone', async (address) => {
      const resolve = jest.fn(async () => ['1.1.1.1']);
      expect(await ask(egress({ resolve }), address)).toBe('egress.address_refused');
      expect(resolve).not.toHaveBeenCalled();
    });

    it.each([
      ['loopback', ['127.0.0.1']],
      ['one private address among public ones', ['1.1.1.1', '10.0.0.1']],
      ['IPv6 of this network', ['fd00::1']],
      ['a mapped address', ['::ffff:10.0.0.1']],
      ['the metadata of a cloud', ['169.254.169.254']],
      ['no address at all', ['not an address']],
    ])('a name that leads to %s is refused', async (_, addresses) => {
      for (const name of [
        'http://host.test/',
        'http://localhost./',
        'http://LOCALHOST/',
        'http://bücher.test/',
      ])
        expect(await ask(egress({ resolve: async () => addresses }), name)).toBe('egress.address_refused');
    });

    it.each([
      'ftp://host.test/',
      'file:///etc/passwd',
      'gopher://host.test/',
      'http://user@host.test/',
      'http://user:word@host.test/',
      'http://host.test:22/',
      'http://host.test:6379/',
      '//host.test/',
      'host.test',
      'http://',
      'http://[fe80::1%25eth0]/',
      `http://host.test/${'x'.repeat(2_048)}`,
    ])('%.60s is no address for it', async (address) => {
      expect(await ask(egress({ resolve: async () => ['1.1.1.1'] }), address)).toBe('egress.url_refused');
    });

    it('http is refused where it was not allowed', async () => {
      expect(await ask(egress(), url(), { allowHttp: false })).toBe('egress.url_refused');
      expect(seen).toEqual([]);
    });

    it('a name that cannot be resolved is said to be one', async () => {
      expect(await ask(egress({ resolve: async () => [] }), url())).toBe('egress.name_unresolved');
      const failing = { resolve: () => Promise.reject(new Error('SERVFAIL')) };
      expect(await ask(egress(failing), url())).toBe('egress.name_unresolved');
    });

    it('the nameservers are asked, not the hosts file', async () => {
      const metrics = new Metrics('test');
      const outcome = await ask(new Egress(metrics), 'https://localhost/', { timeoutMs: 3_000 });
      expect(['egress.name_unresolved', 'egress.address_refused', 'egress.timed_out']).toContain(outcome);
    });

    it('rebinding: the connection goes where the check looked, though the name means something else by then', async () => {
      const forbidden = jest.fn();
      const there = createServer((_, response) => response.end('outside'));
      const thatPort = await serve(there, outside);
      const hidden = createServer().on('connection', forbidden).listen(thatPort, inside);
      servers.push(hidden);
      await once(hidden, 'listening');
      const resolve = jest.fn().mockResolvedValue([inside]).mockResolvedValueOnce([outside]);
      const client = egress({ resolve, permitted: [`${outside}:${thatPort}`] });
      const answer = await ask(client, `http://rebind.test:${thatPort}/`);
      expect((answer as EgressAnswer).body.toString()).toBe('outside');
      expect(resolve).toHaveBeenCalledTimes(1);
      expect(await ask(client, `http://rebind.test:${thatPort}/`)).toBe('egress.url_refused');
      expect(forbidden).not.toHaveBeenCalled();
    });
  });

  describe('S26: redirects', () => {
    const redirectTo = (location: string, status = 302): void => {
      handler = (request, response) => {
        if (request.url !== '/') response.end(JSON.stringify(request.headers));
        else response.writeHead(status, { location }).end();
      };
    };

    it('are refused unless some are allowed', async () => {
      redirectTo('/next');
      expect(await ask(egress(), url())).toBe('egress.redirect_refused');
      expect(seen).toEqual(['/']);
    });

    it.each([
      ['http://169.254.169.254/', 'egress.address_refused'],
      ['http://[::1]/', 'egress.address_refused'],
      ['http://2130706433/', 'egress.address_refused'],
      ['file:///etc/passwd', 'egress.url_refused'],
      ['http://user:word@host.test/', 'egress.url_refused'],
      ['http://host.test:22/', 'egress.url_refused'],
      ['http://', 'egress.url_refused'],
    ])('each is judged anew: %s', async (location, code) => {
      redirectTo(location);
      expect(await ask(egress(), url(), { maxRedirects: 3 })).toBe(code);
    });

    it('a name that is resolved to a private address the second time is refused then', async () => {
      redirectTo('/next');
      const resolve = jest.fn().mockResolvedValue(['10.0.0.1']).mockResolvedValueOnce([outside]);
      expect(await ask(egress({ resolve }), url(), { maxRedirects: 1 })).toBe('egress.url_refused');
      expect(seen).toEqual(['/']);
    });

    it('from https to http are refused where http is not allowed', async () => {
      const tls = selfSigned('host.test');
      const tlsPort = await serve(
        createTlsServer(tls, (_, response) => response.writeHead(302, { location: url() }).end()),
        outside,
      );
      const client = egress({ permitted: [`${outside}:${port}`, `${outside}:${tlsPort}`], ca: tls.cert });
      const outcome = await ask(client, `https://host.test:${tlsPort}/`, {
        allowHttp: false,
        maxRedirects: 1,
      });
      expect(outcome).toBe('egress.url_refused');
      expect(seen).toEqual([]);
    });

    it('keep headers at one origin and drop them on the way to another', async () => {
      const headers = { authorization: 'Bearer x' };
      redirectTo('/next');
      const same = (await ask(egress(), url(), { headers, maxRedirects: 1 })) as EgressAnswer;
      expect(JSON.parse(same.body.toString())).toMatchObject(headers);
      redirectTo(`http://other.test:${port}/next`);
      const other = (await ask(egress(), url(), { headers, maxRedirects: 1 })) as EgressAnswer;
      expect(JSON.parse(other.body.toString())).not.toHaveProperty('authorization');
      expect(other.url).toBe(`http://other.test:${port}/next`);
    });

    it('end somewhere, and a POST follows none', async () => {
      handler = (_, response) => response.writeHead(307, { location: '/' }).end();
      expect(await ask(egress(), url(), { maxRedirects: 3 })).toBe('egress.redirect_refused');
      expect(seen).toHaveLength(4);
      const post = { method: 'POST', maxRedirects: 3 } as const;
      expect(await ask(egress(), url(), post)).toBe('egress.redirect_refused');
      expect(seen).toHaveLength(5);
    });
  });

  describe('S26: bounds', () => {
    it('a body that is too large is not read, whether it says so or not', async () => {
      handler = (_, response) => response.end('x'.repeat(1_001));
      expect(await ask(egress(), url())).toBe('egress.answer_too_large');
      let ended = false;
      handler = (_, response) => {
        const timer = setInterval(() => response.write('x'.repeat(400)), 1);
        response.on('close', () => {
          clearInterval(timer);
          ended = true;
        });
      };
      expect(await ask(egress(), url())).toBe('egress.answer_too_large');
      await waitFor(() => ended, { message: 'the end of the connection' });
      handler = (_, response) => response.end('x'.repeat(1_000));
      expect(await ask(egress(), url())).toMatchObject({ status: 200 });
    });

    it('a compressed body is no answer', async () => {
      handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
      expect(await ask(egress(), url())).toBe('egress.answer_unreadable');
    });

    it('headers without end are no answer', async () => {
      handler = (_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(32 * 1024) }).end();
      expect(await ask(egress(), url())).toBe('egress.unreachable');
    });

    it.each([
      ['no headers', () => undefined],
      [
        'a body that never ends',
        (_: unknown, response: { write(text: string): void }) => response.write('x'),
      ],
    ])('%s: time is up', async (_, slow) => {
      handler = slow;
      const startedAt = Date.now();
      expect(await ask(egress(), url(), { timeoutMs: 200 })).toBe('egress.timed_out');
      expect(Date.now() - startedAt).toBeLessThan(2_000);
    });

    it('a drip of bytes does not buy time', async () => {
      handler = (_, response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      };
      expect(await ask(egress(), url(), { timeoutMs: 300 })).toBe('egress.timed_out');
    });

    it('a slow nameserver counts too', async () => {
      const resolve = async (_: string, signal: AbortSignal): Promise<string[]> => {
        await delay(10_000, undefined, { signal });
        return [outside];
      };
      expect(await ask(egress({ resolve }), url(), { timeoutMs: 100 })).toBe('egress.timed_out');
    });

    it('nobody listens there', async () => {
      const client = egress({ permitted: [`${outside}:9`] });
      expect(await ask(client, 'http://host.test:9/')).toBe('egress.unreachable');
    });

    it('an owner has some of the places and leaves the others theirs', async () => {
      const open: (() => void)[] = [];
      handler = (_, response) => open.push(() => response.end());
      const client = egress({ max: 3, maxPerOwner: 2 });
      const first = [ask(client, url()), ask(client, url())];
      expect(await ask(client, url())).toBe('egress.busy');
      const other = ask(client, url(), { owner: 'other' });
      await waitFor(() => open.length === 3, { message: 'three requests' });
      expect(await ask(client, url(), { owner: 'third' })).toBe('egress.busy');
      for (const end of open) end();
      for (const answer of await Promise.all([...first, other]))
        expect(answer).toMatchObject({ status: 200 });
      handler = (_, response) => response.end();
      expect(await ask(client, url())).toMatchObject({ status: 200 });
    });
  });

  describe('TLS', () => {
    it('the certificate is for the name, whatever address it led to', async () => {
      const tls = selfSigned('host.test');
      const tlsPort = await serve(
        createTlsServer(tls, (request, response) => response.end(request.headers.host)),
        outside,
      );
      const client = egress({ permitted: [`${outside}:${tlsPort}`], ca: tls.cert });
      const answer = await ask(client, `https://host.test:${tlsPort}/`, { allowHttp: false });
      expect((answer as EgressAnswer).body.toString()).toBe(`host.test:${tlsPort}`);
      expect(await ask(client, `https://other.test:${tlsPort}/`)).toBe('egress.unreachable');
      const untrusting = egress({ permitted: [`${outside}:${tlsPort}`] });
      expect(await ask(untrusting, `https://host.test:${tlsPort}/`)).toBe('egress.unreachable');
    });
  });

  it('takes no proxy from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: '1',
    });
    try {
      expect(await ask(egress(), url())).toMatchObject({ status: 200 });
    } finally {
      process.env = before;
    }
  });

  it('counts what it did, by purpose and outcome', async () => {
    const metrics = new Metrics('test');
    const client = egress({}, metrics);
    await ask(client, url());
    await ask(client, 'http://[::1]/');
    const text = await metrics.render();
    expect(text).toMatch(/egress_request_seconds_count\{process="test",purpose="test",outcome="2xx"\} 1/);
    expect(text).toMatch(/seconds_count\{.*outcome="egress.address_refused"\} 1/);
    expect(text).toMatch(/egress_requests_open\{process="test"\} 0/);
  });

  it('an error names neither address nor port', async () => {
    const error = await egress()
      .request({
        url: 'http://10.1.2.3/',
        purpose: 'test',
        owner: 'acme',
        allowHttp: true,
        timeoutMs: 100,
        maxBytes: 1,
      })
      .catch((thrown: unknown) => thrown as EgressError);
    expect(error).toMatchObject({ code: 'egress.address_refused', retryable: false });
    expect((error as EgressError).message).not.toContain('10.1');
  });
});

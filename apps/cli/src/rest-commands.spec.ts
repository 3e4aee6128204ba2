import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProgram } from './program';
import { run } from './run';

interface Recorded {
  request: string;
  authorization: string | undefined;
  body: unknown;
}

const user = {
  id: 'ada',
  name: 'Ada',
  avatarUrl: null,
  role: 'member',
  deactivated: false,
  createdAt: '2026-01-01',
};
const key = { id: 'k1', kind: 'server', name: 'orders', scopes: ['users'], createdAt: '2026-01-01' };
const page = (data: unknown[], next: string | null = null) => ({ data, page: { next } });

const answers: Record<string, unknown> = {
  'GET /v1/users?limit=200': page([user], 'c1'),
  'GET /v1/users?limit=200&cursor=c1': page([{ ...user, id: 'bea' }]),
  'GET /v1/users/ada': user,
  'PUT /v1/users/ada': user,
  'PUT /v1/users/a%2Fb': user,
  'DELETE /v1/users/ada/tokens': undefined,
  'POST /v1/tokens': { token: 'a.b.c', userId: 'ada', expiresAt: '2026-01-01' },
  'GET /v1/admin/keys': page([key]),
  'POST /v1/admin/keys': { ...key, secret: 'psk_secret' },
  'DELETE /v1/admin/keys/k1': { ...key, revokedAt: '2026-01-02' },
};

describe('commands over REST', () => {
  let server: Server;
  let url: string;
  let recorded: Recorded[];
  let refusal: { status: number; body: string } | undefined;
  let folder: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const line = `${request.method} ${request.url}`;
        recorded.push({ request: line, authorization: request.headers.authorization, body });
        const found = line in answers;
        const answer = refusal ?? {
          status: found ? 200 : 404,
          body: JSON.stringify(found ? answers[line] : problem('user.not_found')),
        };
        response.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = mkdtempSync(path.join(tmpdir(), 'parley-cli-'));
  });

  beforeEach(() => {
    recorded = [];
    refusal = undefined;
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
    server.close();
  });

  async function parley(line: string[], connection = ['--url', url, '--key', 'psk_test'], from = folder) {
    const printed = { out: '', err: '' };
    const capture = (name: 'out' | 'err') => (text: string | Uint8Array) => {
      printed[name] += String(text);
      return true;
    };
    const spies = [
      jest.spyOn(process.stdout, 'write').mockImplementation(capture('out')),
      jest.spyOn(process.stderr, 'write').mockImplementation(capture('err')),
    ];
    try {
      return { code: await run(createProgram({}, from), [...line, ...connection]), ...printed };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  it('reads all pages of the users', async () => {
    const { code, out } = await parley(['user', 'list']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^ID {3}NAME.*\nada {2}Ada.*\nbea {2}Ada.*\n$/)]);
    expect(recorded.map(({ request }) => request)).toEqual([
      'GET /v1/users?limit=200',
      'GET /v1/users?limit=200&cursor=c1',
    ]);
    expect(recorded[0]?.authorization).toBe('Bearer psk_test');
  });

  it('prints JSON alone with --json', async () => {
    const { out } = await parley(['user', 'show', 'ada', '--json']);
    expect(JSON.parse(out)).toEqual(user);
  });

  it('sends what is given of a user, and nothing else', async () => {
    await parley(['user', 'set', 'ada', '--role', 'admin']);
    await parley(['user', 'set', 'a/b', '--name', 'A B']);
    expect(recorded.map(({ request, body }) => [request, body])).toEqual([
      ['PUT /v1/users/ada', { role: 'admin' }],
      ['PUT /v1/users/a%2Fb', { name: 'A B' }],
    ]);
  });

  it('deactivates only a user who exists', async () => {
    expect((await parley(['user', 'deactivate', 'ada'])).out).toBe('ada is deactivated.\n');
    const mistyped = await parley(['user', 'deactivate', 'adda']);
    expect([mistyped.code, mistyped.err]).toEqual([1, 'There is no such user.\n']);
    expect(recorded.map(({ request }) => request)).toEqual([
      'GET /v1/users/ada',
      'PUT /v1/users/ada',
      'GET /v1/users/adda',
    ]);
  });

  it('revokes tokens, mints one, and prints the token alone', async () => {
    expect((await parley(['user', 'revoke-tokens', 'ada'])).out).toBe('The tokens of ada are revoked.\n');
    expect((await parley(['token', 'create', 'ada', '--ttl', '12h'])).out).toBe('a.b.c\n');
    expect(recorded.map(({ body }) => body)).toEqual([{}, { userId: 'ada', ttlSeconds: 43_200 }]);
  });

  it('lists, makes and revokes keys', async () => {
    expect((await parley(['key', 'list'])).out).not.toContain('psk_');
    const made = await parley(['key', 'create', 'server', '--name', 'orders', '--scope', 'users', 'tokens']);
    expect(made.out).toContain('psk_secret');
    expect(recorded[1]?.body).toEqual({ kind: 'server', name: 'orders', scopes: ['users', 'tokens'] });
    expect((await parley(['key', 'revoke', 'k1'])).out).toBe('The key k1 is revoked.\n');
  });

  it.each([
    [401, problem('token.invalid'), /refuses the server key: check PARLEY_KEY/],
    [
      403,
      problem('scope.missing', 'The server key lacks the scope for this.'),
      /^The server key lacks the scope/,
    ],
    [
      400,
      problem('request.invalid', 'x', [{ path: 'name', message: 'must not be empty' }]),
      /name must not be empty/,
    ],
    [500, { ...problem('internal.error', 'Wrong.'), requestId: 'r1' }, /^Wrong\. \(request r1\)/],
  ])('says %i %j in one sentence', async (status, body, sentence) => {
    refusal = { status, body: JSON.stringify(body) };
    const { code, err } = await parley(['user', 'show', 'ada']);
    expect([code, err]).toEqual([1, expect.stringMatching(sentence)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('says when something else than Parley answers, and when nothing does', async () => {
    refusal = { status: 502, body: '<html>Bad gateway</html>' };
    expect((await parley(['user', 'show', 'ada'])).err).toContain('status 502');
    const nobody = await parley(['user', 'show', 'ada'], ['--url', 'http://127.0.0.1:1', '--key', 'k']);
    expect([nobody.code, nobody.err]).toEqual([
      1,
      expect.stringContaining('No Parley answers at http://127.0.0.1:1'),
    ]);
    const noUrl = await parley(['user', 'show', 'ada'], ['--url', 'localhost', '--key', 'k']);
    expect([noUrl.code, noUrl.err]).toEqual([1, expect.stringContaining('must be a URL')]);
  });

  it.each([
    [['user', 'set', 'ada', '--role', 'king']],
    [['token', 'create', 'ada', '--ttl', 'soon']],
    [['key', 'create', 'server']],
    [['user', 'show']],
    [['unknown']],
    [['user', 'list', '--unknown']],
  ])('ends with 2 at a wrong command line: %j', async (line) => {
    const { code, err } = await parley(line);
    expect([code, err]).toEqual([2, expect.stringContaining('error: ')]);
    expect(recorded).toEqual([]);
  });

  it('ends with 0 after the help', async () => {
    const { code, out } = await parley(['--help'], []);
    expect([code, out]).toEqual([0, expect.stringContaining('Examples:')]);
  });

  it('gives the key of the checkout’s installation to its own server alone', async () => {
    const checkout = path.join(folder, 'checkout');
    mkdirSync(path.join(checkout, '.parley'), { recursive: true });
    writeFileSync(
      path.join(checkout, '.parley', 'demo.json'),
      JSON.stringify({ url, serverKey: 'psk_demo' }),
    );
    expect((await parley(['user', 'show', 'ada'], [], checkout)).code).toBe(0);
    expect(recorded[0]?.authorization).toBe('Bearer psk_demo');
    const elsewhere = await parley(['user', 'show', 'ada'], ['--url', 'http://127.0.0.1:1'], checkout);
    expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringContaining('There is no server key')]);
  });
});

function problem(
  code: string,
  message = 'There is no such user.',
  issues?: { path: string; message: string }[],
) {
  return { code, message, retryable: false, issues };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ParleyRest } from '../index';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  token: string | undefined;
  body: unknown;
}

describe('ParleyRest', () => {
  const seen: Seen[] = [];
  let answer: { status: number; body: string } = { status: 200, body: '{}' };
  let url: string;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const token = request.headers.authorization?.replace('Bearer ', '');
      seen.push({ method: request.method, url: request.url, token, body });
      const { status, body: text } = token === 'old' ? problem(401, 'token.expired', 'expired') : answer;
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });

  async function read(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
  }

  function problem(status: number, code: string, message: string) {
    return { status, body: JSON.stringify({ code, message, retryable: false, requestId: 'r-1', status }) };
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => {
    seen.length = 0;
    answer = { status: 200, body: '{"data":[]}' };
  });
  afterAll(() => void server.close());

  it('asks with the token, the query and the ids in their places', async () => {
    const rest = new ParleyRest(url, 'token');
    await rest.messages.page('c/1', { before: 7, limit: 20 });
    await rest.participants.add('c1', [{ userId: 'bo' }]);
    expect(seen).toEqual([
      {
        method: 'GET',
        url: '/v1/conversations/c%2F1/messages?before=7&limit=20',
        token: 'token',
        body: undefined,
      },
      {
        method: 'POST',
        url: '/v1/conversations/c1/participants',
        token: 'token',
        body: { participants: [{ userId: 'bo' }] },
      },
    ]);
  });

  it('takes an empty answer', async () => {
    answer = { status: 204, body: '' };
    await expect(new ParleyRest(url, 'token').participants.remove('c1', 'bo')).resolves.toBeUndefined();
  });

  it('rejects with the problem of the server', async () => {
    answer = problem(404, 'conversation.not_found', 'There is no such conversation.');
    await expect(new ParleyRest(url, 'token').conversations.get('c1')).rejects.toMatchObject({
      name: 'ParleyError',
      code: 'conversation.not_found',
      status: 404,
      requestId: 'r-1',
    });
  });

  it('names an answer that is not of the API, and no answer at all', async () => {
    answer = { status: 502, body: '<html>' };
    await expect(new ParleyRest(url, 'token').me()).rejects.toMatchObject({
      code: 'response.malformed',
      retryable: true,
    });
    await expect(new ParleyRest('http://127.0.0.1:9', 'token').me()).rejects.toMatchObject({
      code: 'connection.lost',
    });
  });

  it('replaces a token that is refused, once', async () => {
    const tokens = ['old', 'new'];
    await new ParleyRest(url, () => Promise.resolve(tokens.shift() ?? 'old')).me();
    expect(seen.map(({ token }) => token)).toEqual(['old', 'new']);
    await expect(new ParleyRest(url, () => Promise.resolve('old')).me()).rejects.toMatchObject({
      code: 'token.expired',
    });
    expect(seen).toHaveLength(4);
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestImportApi } from './import-api';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (status: number, body: unknown): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

describe('RestImportApi', () => {
  let server: Server;
  let answers: Answer[];
  let seen: string[];

  beforeEach(async () => {
    answers = [];
    seen = [];
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      request.resume().once('end', () => answer?.(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = (): RestImportApi =>
    new RestImportApi({ url: url(), key: 'psk_test', retryAfterMs: 1, tries: 4 });

  it('repeats what may succeed later: retryable codes, lost connections, a proxy that answers for the server', async () => {
    answers = [
      json(503, { code: 'service.unavailable', message: 'away', retryable: true }),
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(502).end('<html>bad gateway</html>'),
      json(200, { conversations: [] }),
    ];
    await expect(api().post({})).resolves.toEqual({ conversations: [] });
    expect(seen).toEqual(Array.from({ length: 4 }, () => 'POST /v1/imports Bearer psk_test'));
  });

  it('does not repeat a refusal, and names the fields', async () => {
    const issues = [{ path: 'messages.3.at', message: 'must be a time' }];
    answers = [
      json(400, { code: 'request.invalid', message: 'The request is not valid.', retryable: false, issues }),
    ];
    await expect(api().post({ messages: [] })).rejects.toThrow(
      'The request is not valid. (messages.3.at must be a time)',
    );
    expect(seen).toHaveLength(1);
  });

  it('gives up after its tries', async () => {
    answers = [json(503, { code: 'service.unavailable', message: 'A part is away.', retryable: true })];
    await expect(api().post({})).rejects.toThrow('A part is away.');
    expect(seen).toHaveLength(4);
  });

  it('says in one sentence that nobody answers', async () => {
    const silent = new RestImportApi({
      url: 'http://127.0.0.1:1',
      key: 'psk_test',
      retryAfterMs: 1,
      tries: 2,
    });
    await expect(silent.post({})).rejects.toThrow(
      /^The server at http:\/\/127\.0\.0\.1:1 does not answer \(.+\)\.$/,
    );
  });
});

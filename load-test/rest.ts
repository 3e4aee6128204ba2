import http from 'k6/http';
import { sleep } from 'k6';

export interface RestCall {
  method: 'GET' | 'POST';
  path: string;
  /** A server key or a user's token. */
  token: string;
  body?: unknown;
  /** Groups the measurements of a path that carries an id. */
  name: string;
}

const triesMax = 6;
const waitMaxSeconds = 30;

/** The body of the answer. Waits as long as a refusal for a limit says. @throws on any other status of 400 and above */
export function rest<T>(baseUrl: string, { method, path, token, body, name }: RestCall): T {
  for (let tries = 1; ; tries += 1) {
    const response = http.request(
      method,
      `${baseUrl}/v1${path}`,
      body === undefined ? null : JSON.stringify(body),
      {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        tags: { name },
        timeout: '20s',
      },
    );
    if (response.status >= 200 && response.status < 300) return response.json() as T;
    const later = response.status === 429 || response.status === 503;
    if (!later || tries === triesMax) {
      const said = response.status === 0 ? response.error : `${response.status} ${response.body as string}`;
      throw new Error(`${method} ${path} failed: ${said}`);
    }
    sleep(Math.min(Number(response.headers['Retry-After']) || tries, waitMaxSeconds));
  }
}

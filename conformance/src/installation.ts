import { randomBytes } from 'node:crypto';

/** Names of one run: runs must not meet each other's users. */
const run = randomBytes(4).toString('hex');

/** The installation under test, as its own back end sees it. */
export class Installation {
  constructor(
    /** Of REST, without a slash at the end. */
    private readonly apiUrl: string,
    /** Of the sockets: the same, where one entrance serves both. */
    readonly socketUrl: string,
    private readonly serverKey: string,
  ) {}

  userId(name: string): string {
    return `conformance-${run}-${name}`;
  }

  /** Makes the user where it does not exist, and gives it a token. */
  async token(name: string): Promise<string> {
    const { token } = await this.rest<{ token: string }>('POST', '/v1/tokens', { userId: this.userId(name) });
    return token;
  }

  /** A new group; the first of the names owns it. */
  async group(names: string[], extra: Record<string, unknown> = {}): Promise<string> {
    const tokens = await Promise.all(names.map((name) => this.token(name)));
    const others = names.slice(1).map((name) => ({ userId: this.userId(name) }));
    const body = { kind: 'group', title: 'Conformance', participants: others, ...extra };
    const { id } = await this.rest<{ id: string }>('POST', '/v1/conversations', body, tokens[0]);
    return id;
  }

  /** A call with the server key, or with a user's token. @throws Error with the problem document */
  async rest<T>(method: string, path: string, body?: unknown, token = this.serverKey): Promise<T> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

import type { TokenSource } from '../connection/token-source';
import { ParleyError, connectionLost, connectionTimeout, readErrorBody } from '../parley-error';

const timeoutMs = 15_000;

export interface HttpRequest {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
}

/** Speaks `/v1` in JSON, and turns every failure into a ParleyError. */
export class Http {
  private readonly base: string;

  constructor(
    url: string,
    private readonly tokens: TokenSource,
  ) {
    this.base = `${url.replace(/\/+$/, '')}/v1`;
  }

  /** A token that the server no longer takes is replaced once, where the app can give another. */
  async request<T>(method: string, path: string, request: HttpRequest = {}): Promise<T> {
    const first = await this.fetch(method, path, request, await this.tokens.current());
    if (first.status !== 401 || !this.tokens.renewable) return read<T>(first);
    return read<T>(await this.fetch(method, path, request, await this.tokens.fresh()));
  }

  private async fetch(
    method: string,
    path: string,
    { query, body }: HttpRequest,
    token: string,
  ): Promise<Response> {
    const url = new URL(this.base + path);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    try {
      return await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') throw connectionTimeout();
      throw connectionLost(`There is no answer from ${url.origin}.`, error);
    }
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const requestId = (body as { requestId?: string } | undefined)?.requestId;
  const origin = { status: response.status, ...(requestId === undefined ? {} : { requestId }) };
  throw new ParleyError(
    readErrorBody(body) ?? {
      code: 'response.malformed',
      message: `The server answered ${response.status} without saying why.`,
      retryable: response.status >= 500,
    },
    origin,
  );
}

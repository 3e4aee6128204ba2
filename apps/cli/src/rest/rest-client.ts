import type { Page, Problem } from '@parley/contracts/wire';
import { CliError } from '../cli.error';

const timeoutMs = 30_000;

/** What fetch throws: the reason is in its cause. */
interface NetworkError extends Error {
  cause?: { code?: string };
}

/** The REST interface with a server key. Every failure is a CliError with a sentence for the person. */
export class RestClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async request<T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    const answer = parseJson(text);
    if (!response.ok) throw this.refusal(response.status, answer);
    // Some requests answer with nothing (204).
    return answer as T;
  }

  /** All pages of a list, one after the other. */
  async *pages<T>(path: string, query: Record<string, string> = {}): AsyncGenerator<T[]> {
    let cursor: string | null = null;
    do {
      const parameters = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
      const page: Page<T> = await this.request('GET', `${path}?${parameters.toString()}`);
      yield page.data;
      cursor = page.page.next;
    } while (cursor !== null);
  }

  private async send(method: string, path: string, body: unknown): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${this.key}` });
    if (body !== undefined) headers.set('content-type', 'application/json');
    try {
      return await fetch(new URL(path, this.url), {
        method,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw this.unreachable(cause as NetworkError);
    }
  }

  private unreachable(cause: NetworkError): CliError {
    if (cause.message.startsWith('Failed to parse URL') || cause.message === 'Invalid URL') {
      return new CliError(
        `PARLEY_URL (or --url) must be a URL such as http://localhost:3000, not "${this.url}".`,
      );
    }
    const reason =
      cause.name === 'TimeoutError'
        ? `within ${timeoutMs / 1000} s`
        : `(${cause.cause?.code ?? cause.message})`;
    return new CliError(
      `No Parley answers at ${this.url} ${reason}: is it running, and is PARLEY_URL right?`,
      { cause },
    );
  }

  private refusal(status: number, answer: unknown): CliError {
    const problem = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<Problem>;
    if (problem.code === undefined) {
      return new CliError(
        `${this.url} answered with status ${status} in a way that Parley does not: is PARLEY_URL right?`,
      );
    }
    if (problem.code.startsWith('token.')) {
      return new CliError(`${this.url} refuses the server key: check PARLEY_KEY (${problem.code}).`);
    }
    const issues = (problem.issues ?? []).map(({ path, message }) => `${path} ${message}`.trim());
    const where = problem.code === 'internal.error' ? ` (request ${problem.requestId ?? 'unknown'})` : '';
    return new CliError(
      issues.length > 0 ? `Refused: ${issues.join('; ')}.` : `${problem.message ?? problem.code}${where}`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { LaunchError } from '../launch.error';

export interface RestRequest {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  body?: unknown;
  /** The user for whom the server key acts. */
  actAs?: string;
}

export interface RestAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The service's REST interface, spoken with a server key. */
export class Rest {
  constructor(
    private readonly url: string,
    private readonly serverKey: string,
  ) {}

  /** Throws {@link LaunchError} when the answer is neither a success nor of the `accepted` status. */
  async call({ method, path, body, actAs }: RestRequest, accepted?: number): Promise<RestAnswer> {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.serverKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(actAs === undefined ? {} : { 'parley-act-as': actAs }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok && response.status !== accepted) {
      throw new LaunchError(
        `The demo data could not be written: ${method} ${path} answered ${response.status} ${text}`,
      );
    }
    return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }
}

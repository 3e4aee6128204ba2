const requestTimeoutMs = 10_000;

/** A refused or unanswered call of the back end. */
export class BackendError extends Error {
  constructor(
    message: string,
    /** Undefined: no answer, it may have been done. */
    readonly code?: string,
    readonly retryable = true,
  ) {
    super(message);
  }
}

/** The host product's back end: REST with its server key, or as one of its users. */
export class Backend {
  constructor(
    private readonly apiUrl: string,
    private readonly serverKey: string,
    /** Hears every answer. */
    private readonly listener: (text: string) => void = () => undefined,
  ) {}

  /** @throws BackendError */
  async call<T>(method: string, path: string, body?: unknown, token = this.serverKey): Promise<T> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.apiUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(requestTimeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      text = await response.text();
      this.listener(text);
    } catch (error) {
      throw new BackendError(String(error));
    }
    const answer = JSON.parse(text || '{}') as T & { code?: string; retryable?: boolean };
    if (status < 400) return answer;
    throw new BackendError(`${method} ${path}: ${status} ${text}`, answer.code, answer.retryable ?? true);
  }
}

import { requestTimeoutMs } from './persistent-request';
import type { TokenSource } from './token-source';
import type { Connection } from './transport';

/** So much of a token's remaining time passes before the next one is asked for, … */
const shareOfTime = 0.8;
/** … and at least so many milliseconds. */
const leastMs = 1_000;
/** The longest that a timer can wait. */
const mostMs = 2 ** 31 - 1;

/**
 * Gets a newer token before the connection's one ends, and gives it to the server on the live connection. Where that fails
 * the connection ends with its token, and the next one has a new one.
 */
export class TokenRenewal {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tokens: TokenSource) {}

  /** `token`: the one that the connection began with. */
  start(connection: Connection, token: string): void {
    this.stop();
    const endsAt = endOf(token);
    if (this.tokens.renewable && endsAt !== undefined) this.wait(connection, endsAt);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(connection: Connection, endsAt: number): void {
    const waitMs = Math.min(Math.max((endsAt - Date.now()) * shareOfTime, leastMs), mostMs);
    this.timer = setTimeout(() => void this.renew(connection), waitMs);
  }

  private async renew(connection: Connection): Promise<void> {
    const { timer } = this;
    try {
      const token = await this.tokens.fresh();
      const { expiresAt } = await connection.request('auth.refresh', { token }, requestTimeoutMs);
      if (timer === this.timer) this.wait(connection, Date.parse(expiresAt));
    } catch {
      // See above.
    }
  }
}

/** When a token ends, in milliseconds since the epoch. Only the server verifies it. */
function endOf(token: string): number | undefined {
  try {
    const claims = token.split('.')[1] ?? '';
    const text = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
    const { exp } = JSON.parse(text) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

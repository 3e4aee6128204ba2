import type { PublicKey, PublicKeys } from './public-keys';

/** Milliseconds. */
export const sourceTimes = {
  /** Keys that are older are fetched again, behind the token that met them. */
  fresh: 10 * 60_000,
  /** While they cannot be fetched, the last ones hold for so long. */
  stale: 24 * 3_600_000,
  /** Between two fetches because of a kid that is not known: anybody can make kids up. */
  betweenFetches: 30_000,
  /** Between two attempts while there is no key at all. */
  betweenFirstFetches: 5_000,
} as const;

/**
 * The keys of one JWKS URL, as old as they may be. At most one fetch is under way; who needs a kid that is known waits for
 * none.
 */
export class KeySource {
  private keys: PublicKeys | undefined;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private fetching: Promise<void> | undefined;

  /** `fetch` reports its own failures. */
  constructor(
    private readonly fetch: () => Promise<PublicKeys | null>,
    private readonly monotonicMs: () => number,
  ) {}

  /** What is known at the moment. */
  known(kid: string): PublicKey | null {
    const age = this.monotonicMs() - this.fetchedAt;
    if (age > sourceTimes.fresh && this.mayFetch) void this.refresh();
    return age > sourceTimes.stale ? null : (this.keys?.get(kid) ?? null);
  }

  /** Asks the source, unless it was asked a moment ago. */
  async find(kid: string): Promise<PublicKey | null> {
    if (this.fetching !== undefined || this.mayFetch) await this.refresh();
    return this.known(kid);
  }

  /** Whether it can say that a kid does not exist. */
  get isKnown(): boolean {
    return this.monotonicMs() - this.fetchedAt <= sourceTimes.stale;
  }

  private get mayFetch(): boolean {
    const pause = this.isKnown ? sourceTimes.betweenFetches : sourceTimes.betweenFirstFetches;
    return this.monotonicMs() - this.triedAt >= pause;
  }

  private refresh(): Promise<void> {
    this.fetching ??= this.load().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async load(): Promise<void> {
    this.triedAt = this.monotonicMs();
    const keys = await this.fetch();
    if (keys === null) return;
    this.keys = keys;
    this.fetchedAt = this.monotonicMs();
  }
}

/** Where the token comes from: a fixed one, or a function of the app that gets a new one. */
export class TokenSource {
  private latest: string | undefined;
  private asking: Promise<string> | undefined;

  constructor(private readonly token: string | (() => Promise<string>)) {}

  /** Whether asking again can give another token. */
  get renewable(): boolean {
    return typeof this.token === 'function';
  }

  /** Asks the app anew; questions at the same time share one answer. */
  async fresh(): Promise<string> {
    if (typeof this.token === 'string') return this.token;
    this.asking ??= this.token().finally(() => (this.asking = undefined));
    this.latest = await this.asking;
    return this.latest;
  }

  /** The latest token that was given; undefined before the first. */
  get last(): string | undefined {
    return typeof this.token === 'string' ? this.token : this.latest;
  }

  /** The latest token; asks for the first one. */
  async current(): Promise<string> {
    return this.latest ?? this.fresh();
  }
}

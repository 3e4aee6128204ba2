/** A process that can take connections. */
export interface Target {
  readonly name: string;
  readonly port: number;
}

/** Chooses a gateway for each connection: of those that are up, the one with the fewest; of equals, the one that waited longest. */
export class GatewayChoice {
  private readonly connections = new Map<string, number>();
  private readonly lastUsed = new Map<string, number>();
  private clock = 0;

  choose<T extends Target>(targets: readonly T[]): T | undefined {
    const [best] = [...targets].sort(
      (a, b) =>
        this.load(a) - this.load(b) || (this.lastUsed.get(a.name) ?? 0) - (this.lastUsed.get(b.name) ?? 0),
    );
    if (best) this.lastUsed.set(best.name, (this.clock += 1));
    return best;
  }

  /** Counts one connection; call what it returns once, when that has closed. */
  opened(target: Target): () => void {
    this.connections.set(target.name, this.load(target) + 1);
    return () => this.connections.set(target.name, this.load(target) - 1);
  }

  private load(target: Target): number {
    return this.connections.get(target.name) ?? 0;
  }
}

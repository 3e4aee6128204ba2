/** A user with at least one connection to this gateway. */
export class LocalUser {
  connections = 0;
  /** In the index: everything committed from now on arrives live. */
  loaded = false;
  private waiting: (() => void)[] = [];

  constructor(readonly userId: string) {}

  /** Calls back at once where the user is loaded, otherwise as soon as it is. */
  whenLoaded(callback: () => void): void {
    if (this.loaded) callback();
    else this.waiting.push(callback);
  }

  forget(callback: () => void): void {
    this.waiting = this.waiting.filter((each) => each !== callback);
  }

  markLoaded(): void {
    this.loaded = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }
}

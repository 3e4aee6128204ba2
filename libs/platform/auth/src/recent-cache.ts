import { LRUCache } from 'lru-cache';

/** Identity is at most this old on any process (docs/decisions/0005): what was revoked ends within it. */
const maxAgeMs = 2_000;

/**
 * What was read from the database in the last two seconds, bounded in number. Those who ask for the same at once share
 * one look-up. What does not exist is remembered apart, so that a flood of made-up names pushes nothing real out.
 */
export class RecentCache<V extends object> {
  private readonly found: LRUCache<string, V>;
  private readonly absent: LRUCache<string, true>;
  private readonly pending = new Map<string, Promise<V | null>>();

  constructor(sizes: { max: number; maxAbsent: number }) {
    this.found = new LRUCache({ max: sizes.max, ttl: maxAgeMs });
    this.absent = new LRUCache({ max: sizes.maxAbsent, ttl: maxAgeMs });
  }

  async get(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const found = this.found.get(key);
    if (found !== undefined) return found;
    if (this.absent.has(key)) return null;
    const pending = this.pending.get(key) ?? this.load(key, load);
    return pending;
  }

  private load(key: string, load: () => Promise<V | null>): Promise<V | null> {
    // The age counts from the question: an answer that was long on its way is already that old.
    const start = performance.now();
    const loading = load()
      .then((value) => {
        if (value === null) this.absent.set(key, true, { start });
        else this.found.set(key, value, { start });
        return value;
      })
      .finally(() => this.pending.delete(key));
    this.pending.set(key, loading);
    return loading;
  }
}

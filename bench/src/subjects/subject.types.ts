import type { Dialect } from '@parley/testing/load';

/** Users by number, and conversations by the numbers of their members. */
export interface World {
  users: number;
  conversations: readonly (readonly number[])[];
}

/** What a world became in a subject. */
export interface MadeWorld {
  conversationIds: string[];
  /** JSON with which this user connects. */
  auth: (user: number) => string;
}

/** A server that is measured: the product, or a floor below it. */
export interface Subject {
  readonly name: string;
  /** Of sockets. */
  readonly port: number;
  readonly dialect: Dialect;
  /** False: deliveries may overtake each other, so only what is missing counts against it. */
  readonly keepsOrder: boolean;
  /** The processes whose CPU and memory count, by their part. */
  readonly processes: Readonly<Record<string, number>>;
  make(world: World): Promise<MadeWorld>;
  /** Begins the process that holds the sockets anew: what an earlier round left in its memory would be counted. */
  restartFront(): Promise<void>;
  stop(): Promise<void>;
}

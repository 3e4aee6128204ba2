import type { BucketName, RateLimit, TenantLimits } from './rate-limits.types';

/** A limit's default and meaning. */
export interface BucketDefinition extends RateLimit {
  /** Whose requests share one bucket. */
  per: 'user' | 'tenant' | 'socket' | 'server key' | 'caller';
  /**
   * While the shared store of limits is away each process counts for itself: `open` with its share of the limit,
   * `closed` with a tenth of that, because what it guards must not be guessed at.
   */
  whenAway: 'open' | 'closed';
  /** One line for whoever reads the table of limits. */
  doc: string;
}

/** All buckets with their defaults. A tenant changes its own with `PATCH /v1/admin/settings`. */
export const buckets: Readonly<Record<BucketName, BucketDefinition>> = {
  messages: {
    perMinute: 100,
    burst: 20,
    per: 'user',
    whenAway: 'open',
    doc: 'Messages, over sockets and REST together. A repeat of a known clientMessageId does not count.',
  },
  tenantMessages: {
    perMinute: 300_000,
    burst: 20_000,
    per: 'tenant',
    whenAway: 'open',
    doc: 'Messages of all users together.',
  },
  socketRequests: {
    perMinute: 600,
    burst: 120,
    per: 'socket',
    whenAway: 'open',
    doc: 'Requests over a socket, whatever they ask. Five times as many for ten seconds end the connection (4003).',
  },
  typing: {
    perMinute: 60,
    burst: 1,
    per: 'socket',
    whenAway: 'open',
    doc: '`typing.start` of a socket in one conversation.',
  },
  reads: { perMinute: 600, burst: 120, per: 'user', whenAway: 'open', doc: 'REST reads.' },
  writes: {
    perMinute: 300,
    burst: 60,
    per: 'user',
    whenAway: 'open',
    doc: 'REST writes other than messages.',
  },
  keyRequests: {
    perMinute: 12_000,
    burst: 2_000,
    per: 'server key',
    whenAway: 'open',
    doc: 'REST requests of a back end, also those for a user. Its messages for a user count for that user, too.',
  },
  imports: { perMinute: 1_200, burst: 120, per: 'server key', whenAway: 'open', doc: 'Pages of an import.' },
  tokens: {
    perMinute: 6_000,
    burst: 600,
    per: 'caller',
    whenAway: 'closed',
    doc: 'User tokens made or ended.',
  },
  admin: {
    perMinute: 120,
    burst: 60,
    per: 'caller',
    whenAway: 'closed',
    doc: 'Keys and settings.',
  },
};

export const bucketNames = Object.keys(buckets) as BucketName[];

export const socketsPerUserDefault = 50;

/** What a tenant may set at most: high enough for any load, and still a limit. */
export const tenantLimitMaxima = {
  perMinute: 60_000_000,
  burst: 1_000_000,
  socketsPerUser: 100_000,
} as const;

/** The limits of a tenant that has set none. */
export const defaultTenantLimits: Readonly<TenantLimits> = {
  ...(Object.fromEntries(
    bucketNames.map((name) => [name, { perMinute: buckets[name].perMinute, burst: buckets[name].burst }]),
  ) as Record<BucketName, RateLimit>),
  socketsPerUser: socketsPerUserDefault,
};

import { buckets, type BucketName, type TenantLimits } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import type { LimitRow } from '@parley/platform/ratelimit';

/** What a REST request is to the limits. */
export type RequestClass = 'read' | 'write' | 'send' | 'import' | 'tokens' | 'admin';

/** The buckets of one message. */
export const messageBuckets = ['messages', 'tenantMessages'] as const;

/** The bucket that a request takes from by itself; a user's message has none beside `messageBuckets`. */
export function bucketOf(actor: Actor, requestClass: RequestClass): BucketName | undefined {
  switch (requestClass) {
    case 'import':
      return 'imports';
    case 'tokens':
    case 'admin':
      return requestClass;
    case 'send':
      return actor.kind === 'server' ? 'keyRequests' : undefined;
    case 'read':
    case 'write':
      return actor.kind === 'server' ? 'keyRequests' : `${requestClass}s`;
  }
}

export function rowOf(bucket: BucketName, actor: Actor, limits: TenantLimits): LimitRow {
  const { perMinute, burst } = limits[bucket];
  return { bucket, subject: subjectOf(bucket, actor), perMinute, burst, whenAway: buckets[bucket].whenAway };
}

// Beginnings keep a user from sharing a bucket with a key or the tenant, whatever its id is.
function subjectOf(bucket: BucketName, actor: Actor): string {
  switch (buckets[bucket].per) {
    case 'tenant':
      return 't';
    case 'user':
    case 'socket':
      return `u:${actor.userId}`;
    case 'server key':
    case 'caller':
      return actor.kind === 'server' ? `k:${actor.keyId}` : `u:${actor.userId}`;
  }
}

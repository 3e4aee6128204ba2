export { LocalBucket } from './local-bucket';
export { LocalBuckets } from './local-buckets';
export { Overload } from './overload';
export { RateLimiter } from './rate-limiter';
export { RateLimitModule } from './ratelimit.module';
export type { Decision, LimitRequest, LimitRow } from './rate-limiter.types';

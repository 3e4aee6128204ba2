import type { MessageSettings } from '../messages/message.types';
import type { TenantFeatures } from '../tenants/features.types';
import type { PublicLimits, UserSettings } from '../users/user.types';

/** A bucket that refills steadily: so many a minute, and so many at once after a rest. */
export interface RateLimit {
  perMinute: number;
  burst: number;
}

/** What a tenant's users and keys may do. Each is the tenant's own setting or the default of `buckets`. */
export interface TenantLimits {
  /** Messages of one user, over sockets and REST together. */
  messages: RateLimit;
  /** Messages of all the tenant's users together. */
  tenantMessages: RateLimit;
  /** Requests of one socket, whatever they ask. */
  socketRequests: RateLimit;
  /** `typing.start` of one socket in one conversation. */
  typing: RateLimit;
  /** REST reads of one user. */
  reads: RateLimit;
  /** REST writes of one user; messages have their own. */
  writes: RateLimit;
  /** REST requests of one server key; imports, tokens and administration have their own. */
  keyRequests: RateLimit;
  /** Pages of an import, per server key. */
  imports: RateLimit;
  /** Tokens made or ended, per server key or user. */
  tokens: RateLimit;
  /** Requests to `/v1/admin`, per server key or user. */
  admin: RateLimit;
  /** Sockets that one user may have open at once. */
  socketsPerUser: number;
}

export type BucketName = Exclude<keyof TenantLimits, 'socketsPerUser'>;

/** What is left of one bucket of the caller. */
export interface BucketView extends RateLimit {
  bucket: BucketName;
  /** How much may be done at once now. */
  remaining: number;
  /** Milliseconds until the bucket is full again. */
  resetMs: number;
}

/** The caller's limits, as they stand now. */
export interface LimitsView {
  /** Sizes: of texts, pages, frames. */
  sizes: PublicLimits;
  socketsPerUser: number;
  /** The buckets that the caller's REST requests and messages take from. */
  buckets: BucketView[];
}

/** The settings of a tenant, complete: what it has not set itself has its default. */
export interface SettingsView {
  limits: TenantLimits;
  messages: MessageSettings;
  /** Web origins whose pages may call; null: those of the installation. */
  origins: string[] | null;
  users: UserSettings;
  features: TenantFeatures;
}

import { z } from 'zod';
import {
  bucketNames,
  defaultTenantLimits,
  tenantLimitMaxima,
  type BucketName,
  type TenantLimits,
} from '@parley/contracts/wire';

/** What a tenant has set itself. */
export type OwnLimits = Partial<TenantLimits>;

const rateLimit = z.object({
  perMinute: z.int().min(1).max(tenantLimitMaxima.perMinute),
  burst: z.int().min(1).max(tenantLimitMaxima.burst),
});
const forms: Record<keyof TenantLimits, z.ZodType> = {
  ...(Object.fromEntries(bucketNames.map((name) => [name, rateLimit as z.ZodType])) as Record<
    BucketName,
    z.ZodType
  >),
  socketsPerUser: z.int().min(1).max(tenantLimitMaxima.socketsPerUser),
};
const stored = z.object({ limits: z.record(z.string(), z.unknown()) });

/** The limits in a tenant's stored settings. What cannot be read counts as not set: a limit is never missing. */
export function ownLimits(settings: unknown): OwnLimits {
  const { data } = stored.safeParse(settings);
  const limits = Object.entries(data?.limits ?? {});
  return Object.fromEntries(limits.filter(([name, value]) => isLimit(name, value)));
}

/** All limits of a tenant: its own, the others by default. */
export function completeLimits(own: OwnLimits): TenantLimits {
  return { ...defaultTenantLimits, ...own };
}

/** Absent limits stay. */
export function changedLimits(own: OwnLimits, change: OwnLimits): OwnLimits {
  return { ...own, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) };
}

function isLimit(name: string, value: unknown): boolean {
  return Object.hasOwn(forms, name) && forms[name as keyof TenantLimits].safeParse(value).success;
}

import { z } from 'zod';
import { defaultTenantFeatures, type TenantFeatures } from '@parley/contracts/wire';

/** What a tenant has decided itself. */
export type OwnFeatures = Partial<TenantFeatures>;

const stored = z.object({ features: z.record(z.string(), z.unknown()) });

/** What a tenant has decided; what cannot be read counts as not decided. */
export function ownFeatures(settings: unknown): OwnFeatures {
  const features = Object.entries(stored.safeParse(settings).data?.features ?? {});
  return Object.fromEntries(
    features.filter(
      ([name, value]) => Object.hasOwn(defaultTenantFeatures, name) && typeof value === 'boolean',
    ),
  );
}

/** All features of a tenant: its own decisions, the others by default. */
export function completeFeatures(own: OwnFeatures, defaults: TenantFeatures): TenantFeatures {
  return { ...defaults, ...own };
}

/** Absent features stay; null takes a decision back. */
export function changedFeatures(
  own: OwnFeatures,
  change: { [K in keyof TenantFeatures]?: boolean | null | undefined },
): OwnFeatures {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    Object.entries({ ...own, ...Object.fromEntries(said) }).filter(([, value]) => value !== null),
  );
}

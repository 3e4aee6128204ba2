import { z } from 'zod';
import { limits, originPattern } from '@parley/contracts/wire';

const stored = z.object({ origins: z.array(z.string().max(limits.originMaxChars).regex(originPattern)) });

/** The origins in a tenant's stored settings; null where it has not set any: those of the installation hold. */
export function ownOrigins(settings: unknown): string[] | null {
  return stored.safeParse(settings).data?.origins ?? null;
}

/** The entries of a list that let an origin in; none: it is no origin of a web page. */
export function entriesFor(origin: string): string[] {
  if (origin.length > limits.originMaxChars || origin.includes('*') || !originPattern.test(origin)) return [];
  const anyLabel = origin.replace(/^(https?:\/\/)[^.:]+/, '$1*');
  return originPattern.test(anyLabel) ? [origin, anyLabel] : [origin];
}

/** Whether a list lets an origin in. Beginnings, ends and other schemes of an entry are other origins (S1). */
export function isListed(origin: string, list: readonly string[]): boolean {
  return entriesFor(origin).some((entry) => list.includes(entry));
}

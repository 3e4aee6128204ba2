import type { Response } from 'express';

/** A bucket's state, as every answer tells it. */
export interface ToldBucket {
  bucket: string;
  perMinute: number;
  burst: number;
  remaining: number;
  resetMs: number;
}

export const limitHeaders = [
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'ratelimit-policy',
] as const;

/** The fields of the IETF draft: how much at once, how much of it is left, seconds until all of it is, and the policy. */
export function tellLimit(
  response: Response,
  { bucket, perMinute, burst, remaining, resetMs }: ToldBucket,
): void {
  const [limit, left, reset, policy] = limitHeaders;
  response.setHeader(limit, burst);
  response.setHeader(left, remaining);
  response.setHeader(reset, Math.ceil(resetMs / 1_000));
  response.setHeader(policy, `${perMinute};w=60;burst=${burst};name="${bucket}"`);
}

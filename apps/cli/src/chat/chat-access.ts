import { ParleyRest } from '@parley/client';
import { CliError } from '../cli.error';

export interface AccessOptions {
  as: string;
  url: string;
  token?: string;
  key?: string;
}

export interface Access {
  url: string;
  token: string | (() => Promise<string>);
}

const tokenTtlSeconds = 3_600;

/**
 * How to speak as this user: with the token given, else with tokens that the server key mints.
 * @throws CliError with neither
 */
export function resolveAccess({ as, url, token, key }: AccessOptions): Access {
  if (token !== undefined) return { url, token };
  if (key === undefined) {
    throw new CliError(`There is no token for ${url}: give --token, or a server key by PARLEY_KEY.`);
  }
  const rest = new ParleyRest(url, key);
  return {
    url,
    token: async () => (await rest.tokens.create({ userId: as, ttlSeconds: tokenTtlSeconds })).token,
  };
}

import { Resolver } from 'node:dns/promises';

/** All addresses of a name, IPv4 first; none: it has none. */
export type NameResolver = (name: string, signal: AbortSignal) => Promise<string[]>;

const perQuery = { timeout: 2_000, tries: 2 } as const;

/**
 * Asks the nameservers themselves. `dns.lookup` would take one of the few threads that files and signatures need as well,
 * for as long as somebody's nameserver likes.
 */
export const askNameservers: NameResolver = async (name, signal) => {
  const resolver = new Resolver(perQuery);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

import { isIP } from 'node:net';
import { isPublicAddress } from './addresses';
import { EgressError } from './egress.error';
import type { NameResolver } from './name-resolver';

/** A URL that was found good, with the addresses that a connection may go to. */
export interface Destination {
  url: URL;
  addresses: readonly string[];
}

export interface DestinationRules {
  resolve: NameResolver;
  /** Places (`address:port`) that may be reached although they are not public: for tests, which have no other. */
  permitted: readonly string[];
}

const urlMaxChars = 2_048;
const portOf: Record<string, string> = { 'https:': '443', 'http:': '80' };

/**
 * Judges where a request would go, before anything is sent. The name is resolved here, and nowhere after.
 * @throws EgressError `egress.url_refused`, `egress.address_refused`, `egress.name_unresolved`
 */
export async function findDestination(
  text: string,
  allowHttp: boolean,
  rules: DestinationRules,
  signal: AbortSignal,
): Promise<Destination> {
  const url = readUrl(text, allowHttp);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host, rules, signal) : [host];
  for (const address of addresses) assertReachable(address, url, rules);
  return { url, addresses };
}

/** The parser turns every spelling of an IPv4 address (127.1, 0x7f.1, 017700000001) into the usual one. */
function readUrl(text: string, allowHttp: boolean): URL {
  const url = text.length <= urlMaxChars && URL.canParse(text) ? new URL(text) : null;
  const allowed =
    url !== null &&
    (url.protocol === 'https:' || (allowHttp && url.protocol === 'http:')) &&
    url.username === '' &&
    url.password === '';
  if (!allowed) throw new EgressError('egress.url_refused');
  return url;
}

async function resolve(name: string, rules: DestinationRules, signal: AbortSignal): Promise<string[]> {
  const addresses = await rules.resolve(name, signal).catch((cause: unknown) => {
    throw new EgressError('egress.name_unresolved', cause);
  });
  if (addresses.length === 0) throw new EgressError('egress.name_unresolved');
  return addresses;
}

// One address that is not public is enough: which of them a connection takes is decided later.
function assertReachable(address: string, { protocol, port }: URL, { permitted }: DestinationRules): void {
  const usual = portOf[protocol] ?? '';
  if (permitted.includes(`${address}:${port || usual}`)) return;
  if (port !== '' && port !== '443' && port !== '80') throw new EgressError('egress.url_refused');
  if (!isPublicAddress(address)) throw new EgressError('egress.address_refused');
}

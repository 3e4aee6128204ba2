import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Where a request comes from. Of X-Forwarded-For only what the operator's own proxies added is believed: so many entries
 * from the end. An IPv6 address counts by its first 64 bits, which are one customer's.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const header = headers['x-forwarded-for'];
  const forwarded = String(header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const hops = [socket.remoteAddress ?? '', ...forwarded.reverse()];
  return network(hops[Math.min(trustedProxies, hops.length - 1)] ?? '');
}

const groups = 8;
const groupsOfNetwork = 4;

function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? [];
  const first = head.split(':').filter(Boolean);
  const last = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : groups - first.length - last.length;
  const all = [...first, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last];
  return `${all
    .slice(0, groupsOfNetwork)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 of special use (RFC 6890 and the registry of IANA), and what clouds tell their machines secrets from. */
const specialIpv4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's machines get their configuration from it, although it is a public address.
  ['168.63.129.16', 32],
];

/** Global unicast. What lies outside (::1, mapped IPv4, NAT64, unique local, link-local, multicast) is never public. */
const globalIpv6: readonly [network: string, prefix: number][] = [['2000::', 3]];

/** Of global unicast: protocols and benchmarks (Teredo among them), documentation, 6to4, AS112. */
const specialIpv6: readonly [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

// One list per family: in a list of both, Node.js takes an IPv4 address for its mapped spelling, and the reverse.
const refusedIpv4 = listOf(specialIpv4, 'ipv4');
const knownIpv6 = listOf(globalIpv6, 'ipv6');
const refusedIpv6 = listOf(specialIpv6, 'ipv6');

/** Whether anybody on the internet may be behind an address, and nobody of this network. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refusedIpv4.check(address, 'ipv4');
  // A zone (fe80::1%eth0) names a network card of this machine.
  if (!isIPv6(address) || address.includes('%')) return false;
  return knownIpv6.check(address, 'ipv6') && !refusedIpv6.check(address, 'ipv6');
}

function listOf(networks: readonly [string, number][], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

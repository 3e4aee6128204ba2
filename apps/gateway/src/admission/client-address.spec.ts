import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address';

function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  return {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  } as unknown as IncomingMessage;
}

describe('the address of a client (S34)', () => {
  it.each([
    ['no proxy is trusted: the header is a claim', 0, '10.0.0.1', '6.6.6.6', '10.0.0.1'],
    ['the one proxy says who came', 1, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['what the client claimed stands before it', 1, '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['two proxies', 2, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['the proxy said nothing', 1, '10.0.0.1', undefined, '10.0.0.1'],
    ['fewer entries than proxies', 2, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['IPv4 in IPv6', 0, '::ffff:10.0.0.1', undefined, '10.0.0.1'],
  ])('%s', (_, proxies, remote, forwarded, address) => {
    expect(clientAddress(from(remote, forwarded), proxies)).toBe(address);
  });

  it('takes one IPv6 network as one client', () => {
    const [one, other, foreign] = ['2001:db8:1:2::1', '2001:DB8:0001:2:ffff:1:2:3', '2001:db8:1:3::1'];
    expect(clientAddress(from(one), 0)).toBe('2001:db8:1:2::/64');
    expect(clientAddress(from(other), 0)).toBe(clientAddress(from(one), 0));
    expect(clientAddress(from(foreign), 0)).not.toBe(clientAddress(from(one), 0));
    expect(clientAddress(from('::1'), 0)).toBe('0:0:0:0::/64');
  });
});

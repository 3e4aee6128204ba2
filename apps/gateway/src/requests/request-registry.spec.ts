import { socketRequestNames } from '@parley/contracts/wire';
import { RequestRegistry, type RequestHandlers } from './request-registry';

const handler = { handle: () => Promise.resolve({}) };
const complete = Object.fromEntries(socketRequestNames.map((name) => [name, handler]));

function registry(handlers: object): RequestRegistry {
  return new RequestRegistry(handlers as RequestHandlers);
}

describe('RequestRegistry', () => {
  it('has every request of the protocol, and no inherited name', () => {
    const requests = registry(complete);
    for (const name of socketRequestNames) expect(requests.find(name)).toBeDefined();
    for (const name of ['constructor', '__proto__', 'toString']) expect(requests.find(name)).toBeUndefined();
  });

  it('stops the start when a request has no handler, or a handler no request', () => {
    const { ping: _ping, ...incomplete } = complete;
    expect(() => registry(incomplete)).toThrow('no handler answers the request ping');
    expect(() => registry({ ...complete, 'message.shout': handler })).toThrow(
      'does not know the request message.shout',
    );
  });
});

import { destinationOf } from './routes';

describe('the paths of the entrance', () => {
  it.each([
    ['/v1/conversations?limit=1', 'api'],
    ['/docs', 'api'],
    ['/docs/openapi.json', 'api'],
    ['/health', 'api'],
    ['/socket.io/?EIO=4&transport=websocket', 'gateway'],
    ['/ws', 'gateway'],
    ['/ws?x=/v1/', 'gateway'],
    ['/', 'page'],
    ['/v10/x', 'page'],
    ['/wsx', 'page'],
    ['//v1/x', 'page'],
    ['*', 'page'],
  ])('%s is answered by the %s', (target, destination) => {
    expect(destinationOf(target)).toBe(destination);
  });
});

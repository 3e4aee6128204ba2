import { resolveAccess } from './chat-access';

describe('resolveAccess', () => {
  const url = 'http://there';

  it('takes a given token as it is', () => {
    expect(resolveAccess({ as: 'ada', url, token: 't', key: 'psk_x' })).toEqual({ url, token: 't' });
  });

  it('mints with the server key', () => {
    expect(typeof resolveAccess({ as: 'ada', url, key: 'psk_x' }).token).toBe('function');
  });

  it('says in a sentence what is missing', () => {
    expect(() => resolveAccess({ as: 'ada', url })).toThrow('There is no token for http://there');
  });
});

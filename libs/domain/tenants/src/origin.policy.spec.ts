import { originPattern } from '@parley/contracts/wire';
import { entriesFor, isListed, ownOrigins } from './origin.policy';

describe('S1: web origins', () => {
  it.each([
    'https://app.example.com',
    'https://app.example.com:8443',
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'https://*.example.com',
    'https://*.example.co.uk:8443',
    'https://xn--bcher-kva.example',
  ])('%s may be listed', (entry) => expect(entry).toMatch(originPattern));

  it.each([
    '*',
    'null',
    'app.example.com',
    'https://',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com:443',
    'http://app.example.com:80',
    'https://app.example.com:0',
    'https://app.example.com:123456',
    'https://user@app.example.com',
    'https://App.example.com',
    'https://*',
    'https://*.com',
    'https://*example.com',
    'https://a.*.example.com',
    'https://*.*.example.com',
    'https://app.example.com,https://evil.example',
    'https://app.example.com\n',
    'ftp://app.example.com',
    'https://.example.com',
    'https://example.com.',
  ])('%j may not', (entry) => expect(entry).not.toMatch(originPattern));

  const list = ['https://app.example.com', 'https://*.tenant.example', 'http://*.dev.example:3000'];
  it.each([
    ['https://app.example.com', true],
    ['https://one.tenant.example', true],
    ['http://one.dev.example:3000', true],
    ['http://app.example.com', false],
    ['https://app.example.com:8443', false],
    ['https://app.example.com.evil.io', false],
    ['https://evilapp.example.com', false],
    ['https://tenant.example', false],
    ['https://a.b.tenant.example', false],
    ['https://one.tenant.example.evil.io', false],
    ['https://eviltenant.example', false],
    ['https://one.dev.example:3000', false],
    ['https://*.tenant.example', false],
    ['null', false],
    ['', false],
    [`https://${'a'.repeat(63)}.tenant.example`, true],
    [`https://${'a.'.repeat(200)}tenant.example`, false],
  ])('%s: %p', (origin, allowed) => expect(isListed(origin, list)).toBe(allowed));

  it('asks for two entries at most, whatever an origin looks like', () => {
    expect(entriesFor('https://a.b.c.example')).toEqual(['https://a.b.c.example', 'https://*.b.c.example']);
    expect(entriesFor('https://example.com')).toEqual(['https://example.com']);
    expect(entriesFor('garbage')).toEqual([]);
  });

  it('what cannot be read counts as not set; an empty list lets no page in', () => {
    for (const settings of [null, {}, { origins: null }, { origins: 'x' }, { origins: ['*'] }])
      expect(ownOrigins(settings)).toBeNull();
    expect(ownOrigins({ origins: [] })).toEqual([]);
    expect(ownOrigins({ origins: list })).toEqual(list);
  });
});

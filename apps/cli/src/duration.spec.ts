import { parseDuration } from './duration';

describe('parseDuration', () => {
  it.each([
    ['90', 90],
    ['45s', 45],
    ['30m', 1_800],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'h', '-5m', '1.5h', '1w', '5 m', '9'.repeat(20)])('refuses %p', (text) => {
    expect(() => parseDuration(text)).toThrow('45s, 30m, 12h or 7d');
  });
});

import { clientMessageIdPattern } from '@parley/contracts/wire';
import { decodeKey, encodeKey, fingerprint } from './message-key';

const key = { step: 12, number: 345_678, dueMicros: 9_876_543_210_123 };

describe('the key of a message under load', () => {
  it('is a clientMessageId from which everything is read back', () => {
    expect(encodeKey(key)).toMatch(clientMessageIdPattern);
    expect(decodeKey(encodeKey(key))).toEqual(key);
  });

  it('is not read from the messages of others', () => {
    expect(decodeKey('0190f3b2-8c1e-7000-8000-000000000000')).toBeUndefined();
  });

  it('has another fingerprint at another seq, in another step, as another message', () => {
    const prints = [
      fingerprint(1, key),
      fingerprint(2, key),
      fingerprint(1, { ...key, step: 13 }),
      fingerprint(1, { ...key, number: 1 }),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});

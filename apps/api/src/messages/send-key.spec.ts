import { AppError } from '@parley/contracts/wire';
import { sendKey } from './send-key';

describe('sendKey', () => {
  it('is the body’s or the header’s, and new where there is none', () => {
    expect(sendKey('from-the-body', undefined)).toBe('from-the-body');
    expect(sendKey(undefined, 'from-the-header')).toBe('from-the-header');
    expect(sendKey('the-same-one', 'the-same-one')).toBe('the-same-one');
    expect(sendKey(undefined, undefined)).not.toBe(sendKey(undefined, undefined));
  });

  it.each([
    ['two that differ', 'one-of-them', 'the-other-one'],
    ['a header of another form', undefined, 'a b'],
    ['an empty header', undefined, ''],
  ])('refuses %s', (_, body, header) => {
    expect(() => sendKey(body, header)).toThrow(AppError);
  });
});

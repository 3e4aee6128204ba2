import { randomBytes } from 'node:crypto';
import { SecretBox, SecretBoxError } from './secret-box';

const key = (): string => randomBytes(32).toString('base64');

describe('SecretBox', () => {
  const secret = Buffer.from('a signing secret');

  it('opens what it sealed, and seals the same secret differently each time', () => {
    const box = new SecretBox(key());
    const sealed = box.seal(secret, 'here');
    expect(box.open(sealed, 'here')).toEqual(secret);
    expect(sealed.includes(secret)).toBe(false);
    expect(box.seal(secret, 'here')).not.toEqual(sealed);
  });

  it('S15: a secret sealed for one place does not open at another', () => {
    const box = new SecretBox(key());
    expect(() => box.open(box.seal(secret, 'tenant a'), 'tenant b')).toThrow(SecretBoxError);
  });

  it('S39: the previous key still opens, the current one seals', () => {
    const [first, second] = [key(), key()];
    const old = new SecretBox(first).seal(secret, 'here');
    const rotating = new SecretBox(second, first);
    expect(rotating.open(old, 'here')).toEqual(secret);
    expect(new SecretBox(second).open(rotating.seal(secret, 'here'), 'here')).toEqual(secret);
    expect(() => new SecretBox(second).open(old, 'here')).toThrow('another SECRETS_KEY');
  });

  it('refuses every flipped byte', () => {
    const box = new SecretBox(key());
    const sealed = box.seal(secret, 'here');
    sealed.forEach((byte, index) => {
      const damaged = Buffer.from(sealed);
      damaged[index] = byte ^ 1;
      expect(() => box.open(damaged, 'here')).toThrow(SecretBoxError);
    });
    expect(() => box.open(Buffer.alloc(0), 'here')).toThrow(SecretBoxError);
  });
});

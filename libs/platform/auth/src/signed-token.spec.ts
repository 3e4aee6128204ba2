import { createSecretKey } from 'node:crypto';
import { compactVerify, SignJWT } from 'jose';
import { isSigned, readToken } from './signed-token';

const key = createSecretKey(Buffer.from('a signing secret of at least thirty-two bytes'));

function accepts(token: string): boolean {
  const signed = readToken(token);
  return signed !== undefined && isSigned(signed, key);
}

function joseAccepts(token: string): Promise<boolean> {
  return compactVerify(token, key, { algorithms: ['HS256'] }).then(
    () => true,
    () => false,
  );
}

describe('a signed token', () => {
  let token = '';
  beforeAll(async () => {
    token = await new SignJWT({ sub: 'ada', name: 'Ada Lovelace, née Byron' })
      .setProtectedHeader({ alg: 'HS256', kid: 'pk_1' })
      .sign(key);
  });

  it('that jose made is accepted, with what it says', () => {
    expect(accepts(token)).toBe(true);
    expect(readToken(token)).toMatchObject({
      header: { alg: 'HS256', kid: 'pk_1' },
      payload: { sub: 'ada', name: 'Ada Lovelace, née Byron' },
    });
  });

  it('is refused with any character changed, and never accepted where jose refuses', async () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect([changed, accepts(changed)]).toEqual([changed, false]);
      if (at < token.length - 1) expect(await joseAccepts(changed)).toBe(false);
    }
  });

  it('has one spelling: no other last character, padding, space, part or alphabet', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = [...alphabet].map((last) => token.slice(0, -1) + last);
    expect(spellings.filter(accepts)).toEqual([token]);
    for (const spelling of [
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      `${token}.`,
      `${token}.AAAA`,
      `.${token}`,
    ])
      expect(accepts(spelling)).toBe(false);
  });

  it.each([
    '',
    '..',
    'a.b',
    'e30.e30.',
    '.e30.AA',
    'e30..AA',
    'W10.e30.AA',
    'bnVsbA.e30.AA',
    'e30.Mg.AA',
    '_w.e30.AA',
  ])('is not what %p is', (text) => expect(readToken(text)).toBeUndefined());
});

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { bodyHash, canonicalBody, type MessageBody } from './body-hash';

const key = Buffer.from('a key');
const id = '0190a0a0-0000-7000-8000-000000000001';

describe('bodyHash', () => {
  it('is the same for the same body, whatever the order of its metadata', () => {
    const one = bodyHash(key, { kind: 'text', text: 'hi', metadata: { a: 1, b: { c: 2, d: 3 } } });
    const other = bodyHash(key, { kind: 'text', text: 'hi', metadata: { b: { d: 3, c: 2 }, a: 1 } });
    expect(one).toBe(other);
  });

  it('takes what is absent for what is empty, as the stored message does', () => {
    expect(bodyHash(key, { kind: 'text', text: 'hi' })).toBe(
      bodyHash(key, { kind: 'text', text: 'hi', mentions: [], metadata: {} }),
    );
  });

  it.each([
    ['text', { kind: 'text' as const, text: 'hi!' }],
    ['reply', { kind: 'text' as const, text: 'hi', replyTo: { id, seq: 1 } }],
    ['thread', { kind: 'text' as const, text: 'hi', threadRoot: { id, seq: 1 } }],
    ['mentions', { kind: 'text' as const, text: 'hi', mentions: [{ userId: 'ada' }] }],
    ['metadata', { kind: 'text' as const, text: 'hi', metadata: { a: null } }],
  ])('differs with another %s', (_, body) => {
    expect(bodyHash(key, body)).not.toBe(bodyHash(key, { kind: 'text', text: 'hi' }));
  });

  it('tells nothing without the tenant’s key', () => {
    const body = { kind: 'text' as const, text: 'hi' };
    expect(bodyHash(key, body)).not.toBe(bodyHash(Buffer.from('another key'), body));
  });

  it('is of the RFC 8785 JSON of the body', () => {
    const ref = fc.option(fc.record({ id: fc.constant(id), seq: fc.maxSafeNat() }), { nil: undefined });
    const body = fc.record({
      kind: fc.constantFrom('text' as const, 'system' as const),
      text: fc.string({ unit: 'grapheme' }),
      replyTo: ref,
      threadRoot: ref,
      mentions: fc.option(fc.array(fc.record({ userId: fc.string() })), { nil: undefined }),
      metadata: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
    });
    fc.assert(
      fc.property(body, (each: MessageBody) => {
        expect(canonicalBody(each)).toBe(
          canonicalize({
            ...each,
            replyTo: each.replyTo?.seq ?? null,
            threadRoot: each.threadRoot?.seq ?? null,
            mentions: each.mentions ?? [],
            metadata: each.metadata ?? {},
          }),
        );
      }),
    );
  });
});

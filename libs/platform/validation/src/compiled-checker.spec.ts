import { AddParticipantsDto, MessageSendDto, SyncDto, UpsertUserDto } from '@parley/contracts/dto';
import { compileChecker, schemaOf, validateDto } from '.';

const id = '0199f1f2-aaaa-7bbb-8ccc-0123456789ab';
const message = { conversationId: id, clientMessageId: 'client-1', text: 'hello' };

describe('a compiled checker', () => {
  const checker = compileChecker(MessageSendDto);

  it('finds nothing wrong with a good request', () => {
    expect(checker.check(message)).toEqual([]);
    expect(checker.check({ ...message, replyTo: { id, seq: 1 }, mentions: [{ userId: 'ann' }] })).toEqual([]);
  });

  it('names every wrong field and what is expected there', () => {
    const wrong = {
      ...message,
      text: 7,
      replyTo: { id, seq: 0 },
      mentions: [{ userId: 'ann', rank: 'owner' }, { userId: 'ann', role: 'owner' }, {}],
      seq: 9,
    };
    expect(checker.check(wrong)).toEqual(
      expect.arrayContaining([
        { path: 'text', message: expect.stringContaining('must be text') as string },
        { path: 'replyTo.seq', message: 'must not be less than 1' },
        { path: 'mentions.0.rank', message: 'is not a known field' },
        { path: 'mentions.1', message: 'must have exactly one of userId, role, group' },
        { path: 'mentions.2', message: 'must have exactly one of userId, role, group' },
        { path: 'seq', message: 'is not a known field' },
      ]),
    );
    expect(
      checker
        .check({ text: 'x' })
        .map(({ path, message: said }) => `${path} ${said}`)
        .sort(),
    ).toEqual(['clientMessageId is required', 'conversationId is required']);
  });

  it('says the rule of an id in words', () => {
    expect(checker.check({ ...message, clientMessageId: 'short' })).toEqual([
      { path: 'clientMessageId', message: 'must match [A-Za-z0-9._:-]{8,64}' },
    ]);
  });

  it.each([null, undefined, [], [message], 'text', 7, true])('refuses %p as a whole', (value) => {
    expect(checker.check(value)).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it.each(['{"__proto__": 1}', '{"constructor": 1}', '{"toString": 1}'])(
    'refuses the field in %s',
    (json) => {
      const value: unknown = { ...message, ...(JSON.parse(json) as object) };
      expect(checker.check(value)).toHaveLength(1);
      expect(validateDto(MessageSendDto, value).ok).toBe(false);
    },
  );

  it('bounds what it says about a hopeless request, and the work on it (F35)', () => {
    const cursors = Array.from({ length: 30_000 }, () => 1);
    expect(compileChecker(SyncDto).check({ epoch: 'e', cursors })).toHaveLength(1);
    const participants = Array.from({ length: 90 }, () => ({}));
    expect(compileChecker(AddParticipantsDto).check({ participants }).length).toBeLessThanOrEqual(20);
  });

  it('counts text in bytes and refuses what cannot be stored', () => {
    for (const text of ['ü'.repeat(8_193), 'a\u0000b', '\ud800', ' \n']) {
      expect(checker.check({ ...message, text })).toMatchObject([{ path: 'text' }]);
    }
    expect(checker.check({ ...message, text: 'ü'.repeat(8_192) })).toEqual([]);
  });

  it('lets null clear a field only where the class says so', () => {
    expect(compileChecker(UpsertUserDto).check({ name: null, avatarUrl: null })).toEqual([]);
    expect(compileChecker(UpsertUserDto).check({ role: null })).toMatchObject([{ path: 'role' }]);
  });
});

describe('schemaOf', () => {
  it('is plain JSON Schema, closed on every level', () => {
    const schema = schemaOf(MessageSendDto);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: expect.arrayContaining(['conversationId', 'clientMessageId', 'text']) as string[],
      properties: {
        replyTo: {
          type: 'object',
          additionalProperties: false,
          properties: { seq: { type: 'integer', minimum: 1 } },
        },
        mentions: { type: 'array', maxItems: 100 },
      },
    });
    expect(schemaOf(UpsertUserDto).properties?.name).toMatchObject({ type: ['string', 'null'] });
  });
});

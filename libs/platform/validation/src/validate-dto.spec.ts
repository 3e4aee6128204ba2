import { AddParticipantsDto, MessagePageQueryDto, SendMessageDto } from '@parley/contracts/dto';
import { validateDto } from '.';

describe('validateDto', () => {
  it('reads numbers of a query from text, in one spelling', () => {
    expect(validateDto(MessagePageQueryDto, { before: '12', limit: '5' })).toMatchObject({
      ok: true,
      value: { before: 12, limit: 5 },
    });
    for (const before of ['0x10', '1e3', '', ' 7', '1.0', ['7'], { $gt: '1' }]) {
      expect(validateDto(MessagePageQueryDto, { before })).toMatchObject({
        ok: false,
        issues: [{ path: 'before' }],
      });
    }
  });

  it('converts nothing else', () => {
    expect(validateDto(SendMessageDto, { text: 7 })).toMatchObject({ ok: false, issues: [{ path: 'text' }] });
  });

  it('hands free JSON on as it came', () => {
    const metadata: unknown = JSON.parse('{"constructor": {"a": 1}, "list": [1, {"b": null}]}');
    const validated = validateDto(SendMessageDto, { text: 'x', metadata });
    expect(validated.ok && validated.value.metadata).toBe(metadata);
  });

  it('names items of a list by their place', () => {
    expect(
      validateDto(AddParticipantsDto, { participants: [{ userId: 'ann' }, { userId: 5 }, null] }),
    ).toEqual({
      ok: false,
      issues: [
        { path: 'participants.2', message: 'must be an object' },
        { path: 'participants.1.userId', message: 'must be a string' },
      ],
    });
  });

  it('survives JSON of any depth', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(validateDto(SendMessageDto, { text: 'x', metadata: { deep } }).ok).toBe(false);
    expect(validateDto(SendMessageDto, deep).ok).toBe(false);
  });
});

import fc from 'fast-check';
import { AppError } from '@parley/contracts/wire';
import { distinctKeyOf, planConversation } from './conversation.plan';

describe('planConversation', () => {
  it('makes the creator owner, whatever role was asked for it', () => {
    const plan = planConversation(
      { kind: 'group', participants: [{ userId: 'ada', role: 'guest', label: 'artist' }] },
      'ada',
    );
    expect(plan.participants).toEqual([{ userId: 'ada', role: 'owner', label: 'artist' }]);
  });

  it('adds the creator who did not name itself, and keeps the places of the others', () => {
    const plan = planConversation(
      { kind: 'group', participants: [{ userId: 'grace' }, { userId: 'linus', role: 'admin' }] },
      'ada',
    );
    expect(plan.participants.map(({ userId, role }) => `${userId} ${role}`)).toEqual([
      'grace member',
      'linus admin',
      'ada owner',
    ]);
  });

  it('has no creator where a server key acts for nobody', () => {
    const plan = planConversation({ kind: 'channel', participants: [{ userId: 'grace' }] }, null);
    expect(plan).toMatchObject({
      createdBy: null,
      participants: [{ userId: 'grace', role: 'member' }],
      distinctKey: null,
    });
  });

  it.each([
    ['nobody else', [], 'ada'],
    ['only the creator itself', [{ userId: 'ada' }], 'ada'],
    ['two others', [{ userId: 'grace' }, { userId: 'linus' }], 'ada'],
    ['one person, of a server key', [{ userId: 'grace' }], null],
  ])('refuses a direct conversation with %s', (_, participants, creator) => {
    expect(() => planConversation({ kind: 'direct', participants }, creator)).toThrow(AppError);
  });

  it('refuses a direct conversation whose second half sees less', () => {
    expect(() =>
      planConversation({ kind: 'direct', participants: [{ userId: 'grace' }], history: 'joined' }, 'ada'),
    ).toThrow(AppError);
  });

  it('gives a direct conversation one key from both sides', () => {
    const one = planConversation({ kind: 'direct', participants: [{ userId: 'grace' }] }, 'ada');
    const other = planConversation({ kind: 'direct', participants: [{ userId: 'ada' }] }, 'grace');
    expect(one.distinctKey).toEqual(other.distinctKey);
  });
});

describe('distinctKeyOf', () => {
  it('depends on who takes part, not on the order, and on nothing that could be read in two ways', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 4 }),
        fc.uniqueArray(fc.string(), { maxLength: 4 }),
        (a, b) => {
          const same = JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
          expect(distinctKeyOf('group', a, null).equals(distinctKeyOf('group', [...b].reverse(), null))).toBe(
            same,
          );
        },
      ),
    );
  });

  it('differs by kind and by subject', () => {
    const keys = [
      distinctKeyOf('group', ['ada'], null),
      distinctKeyOf('channel', ['ada'], null),
      distinctKeyOf('group', ['ada'], { type: 'order', id: '1' }),
      distinctKeyOf('group', ['ada'], { type: 'order', id: '2' }),
    ].map((key) => key.toString('hex'));
    expect(new Set(keys).size).toBe(4);
  });
});

import { listLine, pick, type ListedConversation } from './conversation-list';

const list = ['Welcome', 'Well known', 'Grace'].map(
  (title, index) => ({ title, conversation: { id: `id-${index + 1}` } }) as ListedConversation,
);

describe('listLine', () => {
  it('says how much is unread, where something is', () => {
    const listed = (unread: number, mentions = 0) =>
      ({ title: 'Welcome', conversation: { me: { unread, mentions } } }) as ListedConversation;
    expect([listLine(listed(0), 1), listLine(listed(12), 2), listLine(listed(12, 3), 3)]).toEqual([
      '   1  Welcome',
      '   2  Welcome  (12 new)',
      '   3  Welcome  (12 new, @3)',
    ]);
  });
});

describe('pick', () => {
  it.each([
    ['1', 'Welcome'],
    [' 3 ', 'Grace'],
    ['id-2', 'Well known'],
    ['GRACE', 'Grace'],
    ['wel', 'Welcome'],
    ['well k', 'Well known'],
  ])('finds %j', (wanted, title) => {
    expect(pick(list, wanted)?.title).toBe(title);
  });

  it.each(['0', '4', '', 'nobody'])('finds nothing for %j', (wanted) => {
    expect(pick(list, wanted)).toBeUndefined();
  });
});

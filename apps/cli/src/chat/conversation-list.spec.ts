import { pick, type ListedConversation } from './conversation-list';

const list = ['Welcome', 'Well known', 'Grace'].map(
  (title, index) => ({ title, conversation: { id: `id-${index + 1}` } }) as ListedConversation,
);

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

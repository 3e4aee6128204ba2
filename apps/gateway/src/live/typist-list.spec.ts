import { TypistList, type TypingPlace } from './typist-list';

const place = (userId: string, conversationId = 'c', tenantId = 't'): TypingPlace => ({
  tenantId,
  conversationId,
  userId,
});

describe('TypistList', () => {
  let list: TypistList<string>;
  beforeEach(() => {
    list = new TypistList(3_000, 2);
  });
  const ended = (now: number): string[] => list.takeEnded(now).map((typist) => typist.place.userId);

  it('ends each so long after its last start', () => {
    list.start(place('ann'), 0);
    list.start(place('ben'), 1_000);
    list.start(place('ann'), 2_000);
    expect(list.firstEnd).toBe(4_000);
    expect(ended(3_999)).toEqual([]);
    expect(ended(4_000)).toEqual(['ben']);
    expect(ended(10_000)).toEqual(['ann']);
    expect(list.firstEnd).toBeUndefined();
  });

  it('shows so many per conversation and no more; who ends makes room', () => {
    expect(list.start(place('ann'), 0)).toBe(true);
    expect(list.start(place('ben'), 0)).toBe(true);
    expect(list.start(place('cat'), 0)).toBe(false);
    expect(list.start(place('ann'), 1)).toBe(true);
    expect(list.start(place('cat', 'another'), 0)).toBe(true);
    expect(list.start(place('cat', 'c', 'another'), 0)).toBe(true);
    const ann = list.get(place('ann'));
    if (ann !== undefined) list.remove(ann);
    expect(list.start(place('cat'), 2)).toBe(true);
  });

  it('knows who types by a connection', () => {
    list.start(place('ann', 'c'), 0, 'socket');
    list.start(place('ann', 'd'), 0, 'socket');
    list.start(place('ann', 'd'), 1, 'other socket');
    expect(list.of('socket').map((typist) => typist.place.conversationId)).toEqual(['c']);
    expect(list.of('other socket')).toHaveLength(1);
    expect(ended(10_000)).toHaveLength(2);
    expect([...list.of('socket'), ...list.of('other socket')]).toEqual([]);
  });
});

import { WatchList } from './watch-list';

describe('WatchList', () => {
  let list: WatchList<string>;
  beforeEach(() => {
    list = new WatchList();
  });
  const ids = (connection: string): string[] =>
    list
      .of(connection)
      .map(({ userId }) => userId)
      .sort();
  const count = (): number => [...list.byTenant().values()].flat().length;

  it('watches for several reasons, each by itself', () => {
    list.set('socket', 'asked', 't', ['ann', 'ben']);
    list.set('socket', 'c1', 't', ['ben']);
    list.set('socket', 'asked', 't', ['cat']);
    expect(ids('socket')).toEqual(['ben', 'cat']);
    list.set('socket', 'c1', 't', []);
    expect(ids('socket')).toEqual(['cat']);
    expect(list.get('t', 'ben')).toBeUndefined();
  });

  it('keeps nobody whom nobody watches', () => {
    list.set('socket', 'asked', 't', ['ann', 'ben']);
    list.set('other', 'asked', 't', ['ann']);
    list.set('other', 'c1', 't', ['ann']);
    list.drop('socket');
    expect(ids('other')).toEqual(['ann']);
    expect(count()).toBe(1);
    const ann = list.get('t', 'ann');
    if (ann !== undefined) list.remove('other', ann);
    expect([count(), ids('other')]).toEqual([0, []]);
  });

  it('keeps what is known of one who is watched on', () => {
    const [first] = list.set('socket', 'asked', 't', ['ann']);
    const [again] = list.set('socket', 'asked', 't', ['ann']);
    expect(again).toBe(first);
    expect(list.get('other tenant', 'ann')).toBeUndefined();
  });
});

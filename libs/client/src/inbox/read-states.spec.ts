import type { ReadState, StoredEvent } from '@parley/contracts/wire';
import { ReadStates } from './read-states';

const base: ReadState = {
  conversationId: 'c',
  readSeq: 3,
  unreadFromSeq: null,
  unread: 2,
  mentions: 0,
  lastSeq: 5,
};

function message(seq: number, data: object = {}): StoredEvent {
  const said = {
    sender: 'bo',
    threadRoot: null,
    kind: 'text',
    imported: false,
    deletedAt: null,
    mentions: [],
    ...data,
  };
  return { type: 'message.created', conversationId: 'c', seq, data: said } as unknown as StoredEvent;
}

describe('ReadStates', () => {
  let told: ReadState[];
  let states: ReadStates;

  beforeEach(() => {
    told = [];
    states = new ReadStates((state) => told.push(state));
  });

  it('adds what comes after the seq up to which the server has counted', () => {
    states.accept(base);
    for (const seq of [4, 5, 6, 7]) states.acceptEvent(message(seq), 'ada');
    expect(states.get('c')).toEqual({ ...base, unread: 4, lastSeq: 7 });
    expect(told.map(({ unread }) => unread)).toEqual([2, 3, 4]);
  });

  it.each([
    ['own', { sender: 'ada' }],
    ['a reply in a thread', { threadRoot: { id: 'x', seq: 1 } }],
    ['a system message', { kind: 'system' }],
    ['imported', { imported: true }],
    ['deleted by now', { deletedAt: '2026-01-01T00:00:00Z' }],
  ])('does not count what is %s', (_, data) => {
    states.accept(base);
    states.acceptEvent(message(6, data), 'ada');
    expect(states.get('c')?.unread).toBe(2);
  });

  it('counts mentions of the user and of everybody, in threads too, and takes back the deleted ones', () => {
    states.accept({ ...base, mentions: 1 });
    const said: object[] = [
      { mentions: [{ userId: 'ada' }, { group: 'all' }] },
      { mentions: [{ group: 'here' }], threadRoot: { id: 'x', seq: 1 } },
      { mentions: [{ userId: 'bo' }] },
      { mentions: [{ userId: 'ada' }], sender: 'ada' },
      { mentions: [{ userId: 'ada' }], imported: true },
    ];
    said.forEach((data, index) => states.acceptEvent(message(6 + index, data), 'ada'));
    expect(states.get('c')).toEqual({ ...base, unread: 4, mentions: 3, lastSeq: 8 });
    const deleted = { type: 'message.deleted', conversationId: 'c', seq: 11, data: { messageSeq: 7 } };
    states.acceptEvent(deleted as unknown as StoredEvent, 'ada');
    expect(states.get('c')).toMatchObject({ unread: 4, mentions: 2 });
    states.accept({ ...base, mentions: 5, lastSeq: 11 });
    expect(states.get('c')).toMatchObject({ mentions: 5 });
  });

  it('takes back what it had added when that is deleted', () => {
    states.accept(base);
    for (const seq of [6, 7]) states.acceptEvent(message(seq), 'ada');
    for (const [seq, messageSeq] of [
      [8, 6],
      [9, 6],
      [10, 4],
    ]) {
      const deleted = {
        type: 'message.deleted',
        conversationId: 'c',
        seq,
        data: { messageId: 'm', messageSeq },
      };
      states.acceptEvent(deleted as unknown as StoredEvent, 'ada');
    }
    expect(states.get('c')?.unread).toBe(3);
    expect(told.map(({ unread }) => unread)).toEqual([2, 3, 4, 3]);
  });

  it('keeps what came after the number of another device', () => {
    states.accept(base);
    for (const seq of [6, 7, 8]) states.acceptEvent(message(seq), 'ada');
    const state = { ...base, readSeq: 6, unread: 1, lastSeq: 7 };
    states.acceptUpdate({ conversationId: 'c', userId: 'ada', readSeq: 6, state }, '2026-01-01T00:00:01Z');
    expect(states.get('c')).toMatchObject({ readSeq: 6, unread: 2, lastSeq: 8 });
  });

  it('is not set back by an answer that crossed a later event', () => {
    states.accept(base);
    states.accept({ ...base, readSeq: 5, unread: 0 }, '2026-01-01T00:00:02Z');
    states.accept(base);
    states.accept({ ...base, readSeq: 5, unread: 1, unreadFromSeq: 5 }, '2026-01-01T00:00:01Z');
    expect(states.get('c')).toMatchObject({ readSeq: 5, unread: 0, unreadFromSeq: null });
  });

  it('takes back what was marked unread when that ends', () => {
    states.accept({ ...base, unread: 4, unreadFromSeq: 2 }, '2026-01-01T00:00:01Z');
    states.accept({ ...base, unread: 2 }, '2026-01-01T00:00:02Z');
    expect(states.get('c')).toMatchObject({ unread: 2, unreadFromSeq: null });
  });

  it('begins a conversation with the user’s own joining, and ends it', () => {
    const joined = {
      type: 'participant.joined',
      conversationId: 'c',
      seq: 9,
      data: { participants: [{ userId: 'ada' }] },
    } as unknown as StoredEvent;
    states.acceptEvent(joined, 'bo');
    expect(states.get('c')).toBeUndefined();
    states.acceptEvent(joined, 'ada');
    states.acceptEvent(message(10), 'ada');
    expect(states.get('c')).toMatchObject({ readSeq: 9, unread: 1, lastSeq: 10 });
    states.forget('c');
    expect(states.get('c')).toBeUndefined();
  });

  it('counts on beyond what it keeps one by one', () => {
    states.accept({ ...base, unread: 0, lastSeq: 0 });
    for (let seq = 1; seq <= 2_500; seq += 1) states.acceptEvent(message(seq), 'ada');
    expect(states.get('c')?.unread).toBe(2_500);
  });
});

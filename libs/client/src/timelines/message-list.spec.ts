import type { MessageView, StoredEvent } from '@parley/contracts/wire';
import { MessageList } from './message-list';

const message = {
  id: 'm',
  conversationId: 'c',
  seq: 2,
  sender: 'bo',
  text: 'one',
  mentions: [],
  metadata: {},
  reactions: [],
  version: 1,
  at: 't1',
  editedAt: null,
  deletedAt: null,
} as unknown as MessageView;

function event(type: StoredEvent['type'], seq: number, data: object, actor = 'bo'): StoredEvent {
  return {
    id: `e${seq}`,
    type,
    conversationId: 'c',
    seq,
    actor,
    at: `t${seq}`,
    data,
  } as unknown as StoredEvent;
}
const target = { messageId: 'm', messageSeq: 2 };
const edited = { ...message, text: 'two', version: 2, editedAt: 't3', reactions: undefined };

function list(): MessageList {
  const messages = new MessageList('ada');
  messages.add([message]);
  return messages;
}

describe('MessageList', () => {
  it('keeps messages in the order of the timeline, each once', () => {
    const messages = list();
    messages.add([{ ...message, seq: 1, id: 'first' }, message]);
    messages.apply(event('message.created', 5, { ...message, seq: 5, id: 'last' }));
    expect(messages.all.map(({ id }) => id)).toEqual(['first', 'm', 'last']);
  });

  it('takes an edit, keeps the reactions, and goes back to no older version', () => {
    const messages = list();
    messages.apply(event('reaction.added', 3, { ...target, key: '👍', count: 1 }, 'ada'));
    messages.apply(event('message.updated', 4, edited));
    expect(messages.find('m')).toMatchObject({
      text: 'two',
      reactions: [{ key: '👍', count: 1, mine: true }],
    });
    messages.add([message]);
    messages.apply(event('message.updated', 5, message));
    expect(messages.find('m')).toMatchObject({ text: 'two', version: 2 });
  });

  it('I9: what is deleted stays deleted, whatever comes late', () => {
    const messages = list();
    messages.apply(event('message.deleted', 4, target));
    messages.apply(event('message.updated', 3, edited));
    messages.apply(event('reaction.added', 3, { ...target, key: '👍', count: 1 }));
    messages.add([message]);
    expect(messages.find('m')).toMatchObject({ text: '', reactions: [], deletedAt: 't4' });
  });

  it('takes the counts of reactions as they come, and knows one’s own', () => {
    const messages = list();
    messages.apply(event('reaction.added', 3, { ...target, key: '👍', count: 1 }, 'ada'));
    messages.apply(event('reaction.added', 4, { ...target, key: '🎉', count: 1 }));
    messages.apply(event('reaction.added', 5, { ...target, key: '👍', count: 2 }));
    messages.apply(event('reaction.removed', 6, { ...target, key: '🎉', count: 0 }));
    expect(messages.find('m')?.reactions).toEqual([{ key: '👍', count: 2, mine: true }]);
    messages.apply(event('reaction.removed', 7, { ...target, key: '👍', count: 1 }, 'ada'));
    expect(messages.find('m')?.reactions).toEqual([{ key: '👍', count: 1 }]);
  });

  it('knows nothing of messages that are not here', () => {
    const messages = list();
    expect(messages.apply(event('message.deleted', 4, { messageId: 'x', messageSeq: 1 }))).toBeUndefined();
    expect(messages.apply(event('pin.added', 5, target))).toBeUndefined();
  });
});

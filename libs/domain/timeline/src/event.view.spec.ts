import { busEvent, messageCreated, messageView, storedEvent } from './event.view';
import type { MessageRow } from './timeline.functions';

const row: MessageRow = {
  conversation_id: 'c',
  seq: 7,
  id: 'm',
  sender: 'ada',
  client_message_id: 'key-12345',
  kind: 'text',
  text: 'hello',
  reply_to: 3,
  reply_to_id: 'r',
  thread_root: null,
  thread_root_id: null,
  mentions: [{ userId: 'grace' }],
  metadata: { a: 1 },
  version: 1,
  imported: false,
  at: new Date('2026-01-02T03:04:05.678Z'),
  edited_at: null,
  deleted_at: null,
};

describe('messageView', () => {
  it('gives references as id and seq together', () => {
    expect(messageView(row)).toMatchObject({
      replyTo: { id: 'r', seq: 3 },
      threadRoot: null,
      at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('I9: leaves nothing of a deleted message but its place', () => {
    const view = messageView({ ...row, deleted_at: new Date() });
    expect(view).toMatchObject({ seq: 7, text: '', mentions: [], metadata: {} });
    expect(JSON.stringify(view)).not.toContain('hello');
  });
});

describe('storedEvent', () => {
  const place = { ...row, type: 'message.created', actor: 'ada', payload: null };
  const target = { message_seq: 7, message_id: 'm', message_at: row.at };

  it('makes of a stored message the very event that was sent live', () => {
    expect(storedEvent({ ...place, ...target })).toEqual(messageCreated(messageView(row)));
  });

  it('gives an edit the message as it is now, at the place of the edit', () => {
    const at = new Date('2026-01-02T04:00:00.000Z');
    const edit = { id: 'e', seq: 9, type: 'message.updated', actor: 'ada', at, payload: { version: 2 } };
    expect(storedEvent({ ...place, ...target, ...edit })).toEqual({
      id: 'e',
      type: 'message.updated',
      conversationId: 'c',
      seq: 9,
      actor: 'ada',
      at: '2026-01-02T04:00:00.000Z',
      data: messageView(row),
    });
    const deleted = storedEvent({ ...place, ...target, ...edit, deleted_at: at });
    expect(JSON.stringify(deleted)).not.toContain('hello');
  });
});

describe('busEvent', () => {
  it('says what a membership change means for the audience', () => {
    const envelope = { id: 'e', conversationId: 'c', seq: 4, actor: null, at: row.at.toISOString() };
    const joined = busEvent('t', {
      ...envelope,
      type: 'participant.joined',
      data: { participants: [{ userId: 'ada', role: 'member', label: null, visibleFrom: 4 }] },
    });
    const left = busEvent('t', {
      ...envelope,
      type: 'participant.left',
      data: { userId: 'ada', reason: 'left' },
    });
    expect(joined.membership).toEqual({ joined: [{ userId: 'ada', visibleFrom: 4 }] });
    expect(left.membership).toEqual({ left: 'ada' });
    expect(busEvent('t', messageCreated(messageView(row))).membership).toBeUndefined();
  });

  it('V13: carries the seq of the message that a change is about', () => {
    const envelope = { id: 'e', conversationId: 'c', seq: 9, actor: 'ada', at: row.at.toISOString() };
    const updated = busEvent('t', { ...envelope, type: 'message.updated', data: messageView(row) });
    const deleted = busEvent('t', {
      ...envelope,
      type: 'message.deleted',
      data: { messageId: 'm', messageSeq: 7 },
    });
    expect([updated, deleted]).toMatchObject([
      { seq: 9, targetSeq: 7 },
      { seq: 9, targetSeq: 7 },
    ]);
  });
});

import type { BusEvent, UserEvent } from '@parley/contracts/internal';
import { decodeMessage, encodeEvent, encodeUserEvent } from './bus-message';

const event: BusEvent = {
  tenantId: 't1',
  conversationId: 'c1',
  seq: 7,
  targetSeq: 3,
  type: 'message.created',
  json: JSON.stringify({ text: 'line\nfeed "ünï" 👍' }),
};

function read(text: string): ReturnType<typeof decodeMessage> {
  return decodeMessage(Buffer.from(text));
}

function headerOf({ json: _json, ...header }: BusEvent): object {
  return header;
}

describe('a message on the bus', () => {
  it('comes out as it went in', () => {
    const joined = { ...event, membership: { joined: [{ userId: 'ann', visibleFrom: 7 }] } };
    for (const sent of [event, joined]) {
      const message = read(encodeEvent('p1', sent));
      expect(message).toMatchObject({ from: 'p1', kind: 'event', event: headerOf(sent) });
      expect(message?.event.json).toBe(sent.json);
    }
  });

  it('carries events for users', () => {
    const sent: UserEvent = {
      tenantId: 't1',
      userIds: ['ann', 'bob'],
      type: 'conversation.created',
      json: '{}',
    };
    const message = read(encodeUserEvent('p1', sent));
    expect(message).toMatchObject({
      kind: 'user',
      event: { userIds: ['ann', 'bob'], type: 'conversation.created' },
    });
    expect(message?.event.json).toBe('{}');
  });

  it.each(['', 'no line feed', 'null\n{}', '{"t":"x"}\n{}', '{broken\n{}'])(
    'passes over what is not ours: %j',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});

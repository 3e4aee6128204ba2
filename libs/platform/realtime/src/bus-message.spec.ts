import type { BusEvent, Revocation, TailMessage, UserEvent } from '@parley/contracts/internal';
import { decodeMessage, encodeEvent, encodeRevocations, encodeTail, encodeUserEvent } from './bus-message';

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
      expect(message).toHaveProperty('event.json', sent.json);
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
    expect(message).toHaveProperty('event.json', '{}');
  });

  it('carries the tail and revocations', () => {
    const tail: TailMessage = {
      from: 1,
      to: 2,
      entries: [{ tenantId: 't1', conversationId: 'c1', seq: 7, joined: [{ userId: 'ann', seq: 6 }] }],
      revocations: [],
    };
    const revocations: Revocation[] = [{ kind: 'tenant', tenantId: 't1' }];
    expect(read(encodeTail('p1', tail))).toEqual({ from: 'p1', kind: 'tail', tail });
    expect(read(encodeRevocations('p1', revocations))).toEqual({
      from: 'p1',
      kind: 'revocations',
      revocations,
    });
  });

  it.each(['', 'no line feed', 'null\n{}', '{"t":"x"}\n{}', '{broken\n{}'])(
    'passes over what is not ours: %j',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});

import type { BusEvent, Revocation, TailMessage, UserEvent } from '@parley/contracts/internal';
import {
  decodeLetter,
  encodeBlockChanges,
  encodeChoice,
  encodeEvent,
  encodeLetter,
  encodePresence,
  encodeRevocations,
  encodeTail,
  encodeTyping,
  encodeUserEvent,
  type BusMessage,
} from './bus-message';

const event: BusEvent = {
  tenantId: 't1',
  conversationId: 'c1',
  seq: 7,
  targetSeq: 3,
  type: 'message.created',
  json: JSON.stringify({ text: 'line\nfeed "ünï" 👍' }),
};

function readAll(letter: string): (BusMessage | undefined)[] {
  return [...decodeLetter(Buffer.from(letter), 'me')];
}

function read(message: string): BusMessage | undefined {
  const messages = readAll(encodeLetter('p1', [message]));
  expect(messages).toHaveLength(1);
  return messages[0];
}

function headerOf({ json: _json, ...header }: BusEvent): object {
  return header;
}

describe('a message on the bus', () => {
  it('comes out as it went in', () => {
    const joined = { ...event, membership: { joined: [{ userId: 'ann', visibleFrom: 7 }] } };
    // All there is to a header: one more field does not compile here until it is there.
    const reset: Required<BusEvent> = {
      ...event,
      membership: { reset: { userId: 'ann', visibleFrom: 7 } },
      onlyFor: 'ann',
    };
    for (const sent of [event, joined, reset]) {
      const message = read(encodeEvent(sent));
      expect(message).toMatchObject({ kind: 'event', event: headerOf(sent) });
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
    const message = read(encodeUserEvent(sent));
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
    expect(read(encodeTail(tail))).toEqual({ kind: 'tail', tail });
    expect(read(encodeRevocations(revocations))).toEqual({ kind: 'revocations', revocations });
  });

  it('carries presence', () => {
    const presence = {
      tenantId: 't1',
      users: [{ userId: 'ann', status: 'offline' as const, lastSeenAt: 1 }],
    };
    const choice = { tenantId: 't1', userId: 'ann', invisible: true, away: null };
    expect(read(encodePresence(presence))).toEqual({ kind: 'presence', presence });
    expect(read(encodeChoice(choice))).toEqual({ kind: 'choice', choice });
  });

  it('carries whose blocks changed', () => {
    const changes = [{ tenantId: 't1', userId: 'ann', at: 1 }];
    expect(read(encodeBlockChanges(changes))).toEqual({ kind: 'blocks', changes });
  });

  it('carries typing', () => {
    const typing = { tenantId: 't1', conversationId: 'c1', userId: 'ann', typing: true };
    expect(read(encodeTyping(typing))).toEqual({ kind: 'typing', typing });
  });

  it('comes with others in one letter, in their order', () => {
    const seqs = [1, 2, 3];
    const revocations: Revocation[] = [{ kind: 'tenant', tenantId: 't1' }];
    const events = seqs.map((seq) => encodeEvent({ ...event, seq }));
    const messages = readAll(encodeLetter('p1', [...events, encodeRevocations(revocations), ...events]));
    expect(messages.map((each) => (each?.kind === 'event' ? each.event.seq : each?.kind))).toEqual([
      ...seqs,
      'revocations',
      ...seqs,
    ]);
    expect(messages[2]).toHaveProperty('event.json', event.json);
  });

  it('is not read by the process that sent it', () => {
    expect(readAll(encodeLetter('me', [encodeEvent(event)]))).toEqual([]);
  });

  it.each(['', 'no line feed', 'p1\nno header', 'p1\nnull\n{}', 'p1\n{"t":"x"}\n{}', 'p1\n{broken\n{}'])(
    'passes over what is not ours: %j',
    (letter) => {
      expect(readAll(letter)).toEqual([undefined]);
    },
  );
});

import type { Connection } from '../client.types';
import { accepted, check, equal, eventually, refusedWith } from '../expect';
import type { Scenario, Stage } from '../scenario.types';
import { seqsOf, span, timelineOf } from '../timeline';

export interface Sent {
  message: { id: string; seq: number; text: string; version: number };
  duplicate: boolean;
}

let keys = 0;

/** A name that no other message of this run has. */
export function newKey(): string {
  keys += 1;
  return `conformance-${process.pid}-${Date.now()}-${keys}`;
}

export async function send(connection: Connection, conversationId: string, text: string): Promise<Sent> {
  const input = { conversationId, clientMessageId: newKey(), text };
  return accepted<Sent>(await connection.request('message.send', input), 'message.send');
}

export const sending: Scenario[] = [
  {
    name: 'a message is acknowledged and reaches everybody, the sender too, as it was sent',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [ada, grace] = [await connect('ada'), await connect('grace')];
      const text = 'Grüße – 你好 – 👩‍💻 – "quotes" \\ \u2028 end';
      const { message, duplicate } = await send(ada, id, text);
      equal(duplicate, false, 'duplicate');
      for (const each of [ada, grace]) {
        await eventually(() => seqsOf(each, id).includes(message.seq), 'message.created');
        const event = timelineOf(each, id).find(({ seq }) => seq === message.seq);
        equal(event?.type, 'message.created', 'the type of the event');
        equal(event?.data?.text, text, 'the text');
        equal(event?.data?.id, message.id, 'the id');
        equal(event?.actor, installation.userId('ada'), 'the actor');
      }
    },
  },
  {
    name: 'I3: a retry gives the first message; the same name with another text is refused',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [ada, grace] = [await connect('ada'), await connect('grace')];
      const input = { conversationId: id, clientMessageId: newKey(), text: 'once' };
      const first = accepted<Sent>(await ada.request('message.send', input), 'the first');
      const again = accepted<Sent>(await ada.request('message.send', input), 'the retry');
      equal(
        [again.message.id, again.message.seq, again.duplicate],
        [first.message.id, first.message.seq, true],
        'retry',
      );
      refusedWith(
        await ada.request('message.send', { ...input, text: 'twice' }),
        'message.key_conflict',
        'another text',
      );
      const last = await send(ada, id, 'after');
      equal(last.message.seq, first.message.seq + 1, 'the next seq');
      await eventually(() => seqsOf(grace, id).includes(last.message.seq), 'the last message');
      equal(
        timelineOf(grace, id).filter(({ data }) => data?.text === 'once').length,
        1,
        'deliveries of the retried',
      );
    },
  },
  {
    name: 'I2 I4: what many send at once has one order without a gap, the same for all',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const names = ['ada', 'grace', 'linus'];
      const id = await installation.group(names);
      const connections = await Promise.all(names.map((name) => connect(name)));
      const sends = connections.flatMap((each) =>
        Array.from({ length: 10 }, (_, index) => send(each, id, `no ${index}`)),
      );
      const seqs = (await Promise.all(sends)).map(({ message }) => message.seq).sort((a, b) => a - b);
      const [from = 0] = seqs;
      const last = from + sends.length - 1;
      equal(seqs, span(from, last), 'the acknowledged seqs');
      for (const each of connections) {
        await eventually(() => seqsOf(each, id).includes(last), 'the last message');
        equal(
          seqsOf(each, id).filter((seq) => seq >= from),
          span(from, last),
          'the seqs as they came',
        );
      }
    },
  },
  {
    name: 'what one may not do is refused, and nothing is sent',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [grace, eve] = [await connect('grace'), await connect('eve')];
      const input = { conversationId: id, clientMessageId: newKey(), text: 'let me in' };
      refusedWith(await eve.request('message.send', input), 'conversation.not_found', 'a stranger');
      const absent = { ...input, conversationId: '01890000-0000-7000-8000-00000000dead' };
      refusedWith(
        await eve.request('message.send', absent),
        'conversation.not_found',
        'no such conversation',
      );
      const { message } = await send(grace, id, 'only this');
      await eventually(() => seqsOf(grace, id).includes(message.seq), 'the message');
      check(
        !timelineOf(grace, id).some(({ data }) => data?.text === 'let me in'),
        'the refused text is nowhere',
      );
    },
  },
];

import type { Answer, Connection } from '../client.types';
import { accepted, check, equal, eventually, refusedWith } from '../expect';
import type { Scenario, Stage } from '../scenario.types';
import { seqsOf, span, timelineOf, type TimelineEvent } from '../timeline';
import { send } from './sending';

interface Heads {
  epoch: string;
  heads: { conversationId: string; lastSeq: number; unread: number }[];
  next: string | null;
}

interface Synced {
  conversations: {
    conversationId: string;
    events: TimelineEvent[];
    head: number;
    more: boolean;
    gap?: { from: number; to: number; reason: string };
    left?: unknown;
  }[];
}

/** All heads, page by page. */
async function allHeads(connection: Connection): Promise<{ epoch: string; heads: Heads['heads'] }> {
  const heads: Heads['heads'] = [];
  for (let cursor: string | null = null; ;) {
    const page: Heads = accepted(
      await connection.request('heads', cursor === null ? {} : { cursor }),
      'heads',
    );
    heads.push(...page.heads);
    cursor = page.next;
    if (cursor === null) return { epoch: page.epoch, heads };
  }
}

async function syncFrom(connection: Connection, epoch: string, id: string, seq: number): Promise<Answer> {
  return connection.request('sync', { epoch, cursors: [[id, seq]] });
}

export const catchingUp: Scenario[] = [
  {
    name: 'I6: what came while one was away is in `heads` and `sync`, all of it and once',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const ada = await connect('ada');
      const before = await connect('grace');
      const { message: seen } = await send(ada, id, 'seen live');
      await eventually(() => seqsOf(before, id).includes(seen.seq), 'the live message');
      await before.close();
      let last = seen.seq;
      for (let index = 0; index < 20; index += 1) last = (await send(ada, id, `missed ${index}`)).message.seq;
      const after = await connect('grace');
      const { epoch, heads } = await allHeads(after);
      equal(heads.find(({ conversationId }) => conversationId === id)?.lastSeq, last, 'lastSeq in heads');
      const events: TimelineEvent[] = [];
      for (let from = seen.seq; ;) {
        const [part] = accepted<Synced>(await syncFrom(after, epoch, id, from), 'sync').conversations;
        events.push(...(part?.events ?? []));
        from = events.at(-1)?.seq ?? from;
        if (part?.more !== true) break;
      }
      equal(
        events.map(({ seq }) => seq),
        span(seen.seq + 1, last),
        'the seqs of sync',
      );
      equal(events.at(-1)?.data?.text, 'missed 19', 'the last text');
    },
  },
  {
    name: 'cursors of another epoch are refused: they mean nothing here',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const ada = await connect('ada');
      refusedWith(await syncFrom(ada, 'another', id, 0), 'epoch.changed', 'sync');
    },
  },
  {
    name: 'I8: who joins late sees nothing of before, but keeps the places',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace'], { history: 'joined' });
      const ada = await connect('ada');
      await send(ada, id, 'before');
      const linus = await connect('linus');
      const joining = { conversationId: id, participants: [{ userId: installation.userId('linus') }] };
      accepted(await ada.request('participant.add', joining), 'participant.add');
      const { message } = await send(ada, id, 'after');
      await eventually(() => seqsOf(linus, id).includes(message.seq), 'the message after the join');
      check(!JSON.stringify(linus.received).includes('before'), 'nothing of before arrives');
      const { epoch } = await allHeads(linus);
      const [part] = accepted<Synced>(await syncFrom(linus, epoch, id, 0), 'sync').conversations;
      equal(part?.gap?.reason, 'history', 'the gap');
      check(!JSON.stringify(part).includes('before'), 'nothing of before is in sync');
      equal(part?.events.at(-1)?.seq, message.seq, 'the last seq of sync');
    },
  },
  {
    name: 'I13: who was removed gets the removal, and nothing after it, live and in sync',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [ada, grace] = [await connect('ada'), await connect('grace')];
      const { message: seen } = await send(ada, id, 'with grace');
      const removal = { conversationId: id, userId: installation.userId('grace') };
      accepted(await ada.request('participant.remove', removal), 'participant.remove');
      await eventually(
        () => timelineOf(grace, id).some(({ type }) => type === 'participant.left'),
        'participant.left',
      );
      const { message: hidden } = await send(ada, id, 'without grace');
      await eventually(() => seqsOf(ada, id).includes(hidden.seq), 'the message for those who stayed');
      const { epoch } = await allHeads(grace);
      const [part] = accepted<Synced>(await syncFrom(grace, epoch, id, seen.seq), 'sync').conversations;
      check(part?.left !== undefined, 'sync says `left`');
      equal(timelineOf(grace, id).at(-1)?.type, 'participant.left', 'the last live event');
      check(!JSON.stringify([grace.received, part]).includes('without grace'), 'nothing after the removal');
    },
  },
];

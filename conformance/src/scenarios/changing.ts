import { accepted, check, equal, eventually } from '../expect';
import type { Scenario, Stage } from '../scenario.types';
import { timelineOf } from '../timeline';
import { send, type Sent } from './sending';

export const changing: Scenario[] = [
  {
    name: 'I9: edits, reactions, pins and a deletion arrive as events with the next seqs',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [ada, grace] = [await connect('ada'), await connect('grace')];
      const { message } = await send(ada, id, 'tpyo');
      const place = { conversationId: id, messageId: message.id };
      const edited = accepted<Pick<Sent, 'message'>>(
        await ada.request('message.edit', { ...place, text: 'typo' }),
        'message.edit',
      );
      equal(edited.message.version, message.version + 1, 'the version');
      accepted(await grace.request('reaction.add', { ...place, key: '👍' }), 'reaction.add');
      accepted(await ada.request('pin.add', place), 'pin.add');
      accepted(await grace.request('reaction.remove', { ...place, key: '👍' }), 'reaction.remove');
      accepted(await ada.request('message.delete', place), 'message.delete');
      const changes = [
        'message.updated',
        'reaction.added',
        'pin.added',
        'reaction.removed',
        'message.deleted',
      ];
      for (const each of [ada, grace]) {
        await eventually(
          () => timelineOf(each, id).some(({ type }) => type === 'message.deleted'),
          'message.deleted',
        );
        const after = timelineOf(each, id).filter(({ seq }) => seq > message.seq);
        equal(
          after.map(({ type }) => type),
          changes,
          'the changes',
        );
        equal(
          after.map(({ seq }) => seq),
          changes.map((_, index) => message.seq + 1 + index),
          'their seqs',
        );
        check(!JSON.stringify(after.at(-1)).includes('typo'), 'the deletion carries no text');
      }
    },
  },
  {
    name: 'unread is exact, and reading on one device tells the others',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const id = await installation.group(['ada', 'grace']);
      const [ada, phone, laptop] = [await connect('ada'), await connect('grace'), await connect('grace')];
      for (let index = 0; index < 3; index += 1) await send(ada, id, `unread ${index}`);
      const { heads } = accepted<{ heads: { conversationId: string; unread: number }[] }>(
        await phone.request('heads', {}),
        'heads',
      );
      equal(heads.find(({ conversationId }) => conversationId === id)?.unread, 3, 'unread');
      const { unread } = accepted<{ unread: number }>(
        await phone.request('read.mark', { conversationId: id }),
        'read.mark',
      );
      equal(unread, 0, 'unread after the mark');
      await eventually(
        () =>
          laptop.received.some(
            ({ name, payload }) =>
              name === 'read.updated' &&
              (payload as { data?: { userId?: string } }).data?.userId === installation.userId('grace'),
          ),
        'read.updated on the other device',
      );
    },
  },
];

import { randomUUID } from 'node:crypto';
import { limits } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { Domain, serverActor, userActor } from '@parley/testing';
import { SyncService } from './sync.service';

describe('SyncService', () => {
  let domain: Domain;
  let sync: SyncService;
  let tenantId: string;
  let epoch: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    sync = domain.get(SyncService);
    tenantId = await domain.tenant('ada', 'grace', 'linus');
    ({ epoch } = await sync.heads(as('ada'), {}));
  });

  afterAll(() => domain.stop());

  async function group(history: 'full' | 'joined', members: string[] = []): Promise<string> {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', history, participants: members.map((userId) => ({ userId })) });
    return conversation.id;
  }

  async function say(conversationId: string, count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, () =>
        domain
          .get(MessageService)
          .send(as('ada'), conversationId, { clientMessageId: randomUUID(), text: 'hello' }),
      ),
    );
  }

  it('I8: gives everything that was missed, page after page, in several conversations', async () => {
    const conversations = [await group('full'), await group('full'), await group('full')];
    for (const [index, id] of conversations.entries()) await say(id, 300 + index);
    const surfaced = new Map(conversations.map((id) => [id, [] as number[]]));
    let cursors = conversations.map((id): [string, number] => [id, 0]);
    for (let requests = 0; cursors.length > 0; requests += 1) {
      const answer = await sync.sync(as('ada'), { epoch, cursors });
      const events = answer.conversations.flatMap((each) => each.events);
      expect(events.length).toBeLessThanOrEqual(limits.syncMaxEvents);
      for (const { conversationId, seq } of events) surfaced.get(conversationId)?.push(seq);
      cursors = answer.conversations
        .filter(({ more }) => more)
        .map(({ conversationId }) => [conversationId, surfaced.get(conversationId)?.at(-1) ?? 0]);
      expect(requests).toBeLessThan(3);
    }
    for (const [index, id] of conversations.entries()) {
      expect(surfaced.get(id)).toEqual(Array.from({ length: 301 + index }, (_, seq) => seq + 1));
    }
  });

  it('I8: bounds an answer by bytes, too, and goes on from there', async () => {
    const id = await group('full');
    const text = 'x'.repeat(limits.messageTextMaxBytes);
    for (let sent = 0; sent < 40; sent += 1)
      await domain.get(MessageService).send(as('ada'), id, { clientMessageId: randomUUID(), text });
    const seqs: number[] = [];
    for (let more = true; more;) {
      const answer = await sync.sync(as('ada'), { epoch, cursors: [[id, seqs.at(-1) ?? 0]] });
      expect(JSON.stringify(answer).length).toBeLessThan(limits.syncMaxBytes + 1_000);
      seqs.push(...(answer.conversations[0]?.events ?? []).map(({ seq }) => seq));
      more = answer.conversations[0]?.more ?? false;
    }
    expect(seqs).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
  });

  it('gives the same events as were told live', async () => {
    const id = await group('full', ['grace']);
    await say(id, 2);
    await domain.get(ParticipantService).update(as('ada'), id, 'grace', { label: 'agent' });
    await domain.get(ParticipantService).remove(as('ada'), id, 'grace');
    const { conversations } = await sync.sync(as('ada'), { epoch, cursors: [[id, 0]] });
    const bySeq = domain.published.of<{ seq: number }>(id).sort((a, b) => a.seq - b.seq);
    expect(conversations).toEqual([{ conversationId: id, events: bySeq, head: 5, more: false }]);
  });

  it('names what lies before a join as a gap, and ends at a leaving', async () => {
    const id = await group('joined');
    await say(id, 3); // 2 to 4
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]); // 5
    await say(id, 1);
    await domain.get(ParticipantService).remove(as('linus'), id, 'linus'); // 7
    await say(id, 1);
    const { conversations } = await sync.sync(as('linus'), { epoch, cursors: [[id, 1]] });
    expect(conversations).toMatchObject([
      {
        gap: { from: 2, to: 4, reason: 'history' },
        events: [{ seq: 5 }, { seq: 6 }, { seq: 7, type: 'participant.left' }],
        head: 7,
        more: false,
        left: 7,
      },
    ]);
  });

  it('S36: answers the same for what is not the caller’s and what does not exist', async () => {
    const foreign = await group('full');
    const missing = randomUUID();
    const { conversations } = await sync.sync(as('linus'), {
      epoch,
      cursors: [
        [foreign, 0],
        [missing, 0],
      ],
    });
    const nothing = { events: [], head: 0, more: false, left: 0 };
    expect(conversations).toEqual([
      { conversationId: foreign, ...nothing },
      { conversationId: missing, ...nothing },
    ]);
  });

  it('refuses another epoch, a conversation named twice, and a key that acts for nobody', async () => {
    const id = await group('full');
    await expect(sync.sync(as('ada'), { epoch: 'before-the-restore', cursors: [] })).rejects.toMatchObject({
      code: 'epoch.changed',
    });
    const twice: [string, number][] = [
      [id, 0],
      [id, 1],
    ];
    await expect(sync.sync(as('ada'), { epoch, cursors: twice })).rejects.toMatchObject({
      code: 'request.invalid',
      issues: [{ path: 'cursors.1.0' }],
    });
    await expect(sync.heads(serverActor(tenantId), {})).rejects.toMatchObject({ code: 'actor.required' });
    await expect(sync.heads(as('ada'), { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
      code: 'cursor.invalid',
    });
  });

  it('pages through the heads of many conversations', async () => {
    const own = await domain.tenant('ada');
    const total = limits.headsPageItems + 5;
    // As many at a time as the pool has connections: none of them waits for one.
    for (let done = 0; done < total; done += 5) {
      await Promise.all(
        Array.from({ length: 5 }, () =>
          domain.get(ConversationService).create(userActor(own, 'ada'), { kind: 'group' }),
        ),
      );
    }
    const first = await sync.heads(userActor(own, 'ada'), {});
    const second = await sync.heads(userActor(own, 'ada'), { cursor: first.next ?? '' });
    expect([first.heads.length, second.heads.length, second.next]).toEqual([limits.headsPageItems, 5, null]);
    const ids = new Set([...first.heads, ...second.heads].map(({ conversationId }) => conversationId));
    expect(ids.size).toBe(total);
    expect(first.heads[0]).toMatchObject({ lastSeq: 1, visibleFrom: 1 });
  });
});

import { randomUUID } from 'node:crypto';
import { ConversationService } from '@parley/domain/conversations';
import { MessageService } from '@parley/domain/messages';
import { Timeline } from '@parley/domain/timeline';
import { Domain, serverActor, userActor } from '@parley/testing';
import { BlockService } from './block.service';
import { Separations } from './separations';

describe('BlockService', () => {
  let domain: Domain;
  let blocks: BlockService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    blocks = domain.get(BlockService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function conversation(kind: 'direct' | 'group', subject?: string): Promise<string> {
    const input = {
      kind,
      participants: [{ userId: 'grace' }],
      ...(subject === undefined ? {} : { subject: { type: 'order', id: subject } }),
    };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }
  async function send(userId: string, id: string): Promise<string> {
    const input = { clientMessageId: randomUUID(), text: 'hello' };
    return domain
      .get(MessageService)
      .send(as(userId), id, input)
      .then(
        () => 'sent',
        (error: { code: string }) => error.code,
      );
  }

  it('in all their direct conversations neither writes to the other; in groups they do', async () => {
    const direct = [await conversation('direct'), await conversation('direct', '1')];
    const group = await conversation('group');
    await blocks.block(as('ada'), 'grace');
    for (const id of direct)
      expect([await send('ada', id), await send('grace', id)]).toEqual(['user.blocked', 'user.blocked']);
    expect([await send('ada', group), await send('grace', group)]).toEqual(['sent', 'sent']);
    await blocks.unblock(as('ada'), 'grace');
    for (const id of direct)
      expect([await send('ada', id), await send('grace', id)]).toEqual(['sent', 'sent']);
  });

  it('with both blocking, the end of one is not the end of the other', async () => {
    const id = await conversation('direct');
    await blocks.block(as('ada'), 'grace');
    await blocks.block(as('grace'), 'ada');
    await blocks.unblock(as('ada'), 'grace');
    expect(await send('ada', id)).toBe('user.blocked');
    await blocks.unblock(as('grace'), 'ada');
    expect(await send('ada', id)).toBe('sent');
  });

  it('no new direct conversation is made of the two, and the one that exists is found', async () => {
    await blocks.block(as('grace'), 'ada');
    await expect(conversation('direct')).rejects.toMatchObject({ code: 'user.blocked' });
    const input = { kind: 'direct' as const, participants: [{ userId: 'ada' }, { userId: 'grace' }] };
    await expect(domain.get(ConversationService).create(serverActor(tenantId), input)).rejects.toMatchObject({
      code: 'user.blocked',
    });
    await blocks.unblock(as('grace'), 'ada');
    const id = await conversation('direct');
    await blocks.block(as('grace'), 'ada');
    expect(await conversation('direct')).toBe(id);
  });

  it('of a block and a first direct conversation at once none slips by the other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [, made] = await Promise.allSettled([
        blocks.block(as('ada'), 'grace'),
        conversation('direct', `round ${round}`),
      ]);
      if (made.status === 'fulfilled') expect(await send('grace', made.value)).toBe('user.blocked');
      else expect(made.reason).toMatchObject({ code: 'user.blocked' });
      await blocks.unblock(as('ada'), 'grace');
      if (made.status === 'fulfilled') expect(await send('grace', made.value)).toBe('sent');
    }
  });

  it('settles more conversations than one transaction takes', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 53; index += 1) ids.push(await conversation('direct', `${index}`));
    await blocks.block(as('ada'), 'grace');
    const [first, last] = [[...ids].sort()[0] ?? '', [...ids].sort().at(-1) ?? ''];
    expect([await send('ada', first), await send('ada', last)]).toEqual(['user.blocked', 'user.blocked']);
    await blocks.unblock(as('ada'), 'grace');
    expect([await send('ada', first), await send('ada', last)]).toEqual(['sent', 'sent']);
  });

  it('lists one’s own alone', async () => {
    const first = await blocks.block(as('ada'), 'grace');
    expect(await blocks.block(as('ada'), 'grace')).toEqual(first);
    expect((await blocks.list(as('ada'), {})).data).toEqual([first]);
    expect((await blocks.list(as('grace'), {})).data).toEqual([]);
  });

  it('tells those who ask for live whom it keeps apart, in both directions, and in which conversations', async () => {
    const direct = [await conversation('direct'), await conversation('direct', '1')].sort();
    await conversation('group');
    await blocks.block(as('ada'), 'grace');
    await blocks.block(as('linus'), 'ada');
    await blocks.block(as('ada'), 'linus');
    const found = async (...userIds: string[]) => {
      const rows = (await domain.get(Separations).of(tenantId, userIds)).map((row) => ({
        ...row,
        conversationIds: [...row.conversationIds].sort(),
      }));
      return rows.sort((one, other) => (one.userId + one.otherId < other.userId + other.otherId ? -1 : 1));
    };
    expect(await found('ada', 'grace', 'nobody')).toEqual([
      { userId: 'ada', otherId: 'grace', conversationIds: direct },
      { userId: 'ada', otherId: 'linus', conversationIds: [] },
      { userId: 'grace', otherId: 'ada', conversationIds: direct },
    ]);
    await blocks.unblock(as('ada'), 'grace');
    await blocks.unblock(as('ada'), 'linus');
    expect(await found('ada')).toEqual([{ userId: 'ada', otherId: 'linus', conversationIds: [] }]);
  });

  it('its event is the blocker’s alone; gateways, and the tail, hear that something changed of both', async () => {
    const told = () =>
      domain.published.userEvents
        .filter((event) => event.tenantId === tenantId)
        .map(({ userIds, json }) => ({ userIds, ...(JSON.parse(json) as { type: string; data: object }) }));
    const block = await blocks.block(as('ada'), 'grace');
    await blocks.block(as('ada'), 'grace');
    await blocks.unblock(as('ada'), 'grace');
    await blocks.unblock(as('ada'), 'grace');
    expect(told()).toMatchObject([
      { userIds: ['ada'], type: 'block.updated', data: { userId: 'grace', block } },
      { userIds: ['ada'], type: 'block.updated', data: { userId: 'grace', block: null } },
    ]);
    const changes = domain.published.blockChanges.filter((change) => change.tenantId === tenantId);
    expect(changes.map(({ userId }) => userId).sort()).toEqual(['ada', 'ada', 'grace', 'grace']);
    const { blockChanges = [] } = await domain.get(Timeline).glance(changes[0]?.at ?? 0);
    const newest = changes.filter(({ at }) => at === Math.max(...changes.map((each) => each.at)));
    expect(blockChanges.filter((change) => change.tenantId === tenantId)).toEqual(
      expect.arrayContaining(newest),
    );
  });

  it('refuses oneself, who is no user, and a key that acts for nobody', async () => {
    await expect(blocks.block(as('ada'), 'ada')).rejects.toMatchObject({ issues: [{ path: 'userId' }] });
    await expect(blocks.block(as('ada'), 'nobody')).rejects.toMatchObject({ code: 'user.not_found' });
    await expect(blocks.block(serverActor(tenantId), 'ada')).rejects.toMatchObject({
      code: 'actor.required',
    });
    await blocks.unblock(as('ada'), 'nobody');
  });
});

import { ConversationService } from '@parley/domain/conversations';
import { ParticipantService } from '@parley/domain/participants';
import { SyncService } from '@parley/domain/sync';
import { Domain, serverActor, userActor } from '@parley/testing';
import { DraftService } from './draft.service';

describe('DraftService', () => {
  let domain: Domain;
  let drafts: DraftService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    drafts = domain.get(DraftService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(): Promise<string> {
    const { conversation } = await domain
      .get(ConversationService)
      .create(as('ada'), { kind: 'group', participants: [{ userId: 'grace' }] });
    return conversation.id;
  }

  const texts = async (userId: string) => (await drafts.list(as(userId), {})).data.map(({ text }) => text);

  async function ownVersion(userId: string): Promise<number | undefined> {
    return (await domain.get(SyncService).heads(as(userId), {})).heads[0]?.ownVersion;
  }

  function told(): { userIds: string[]; event: unknown }[] {
    return domain.published.userEvents
      .filter((event) => event.type === 'draft.updated' && event.tenantId === tenantId)
      .map(({ userIds, json }) => ({ userIds, event: JSON.parse(json) as unknown }));
  }

  it('keeps the last write, for its user alone, and tells that user’s devices', async () => {
    const conversationId = await group();
    await drafts.write(as('ada'), conversationId, 'Dear');
    const draft = await drafts.write(as('ada'), conversationId, 'Dear Grace');
    expect(await texts('ada')).toEqual(['Dear Grace']);
    expect(await texts('grace')).toEqual([]);
    expect(told()[1]).toEqual({
      userIds: ['ada'],
      event: { type: 'draft.updated', at: draft.updatedAt, data: { conversationId, draft } },
    });
    await drafts.remove(as('ada'), conversationId);
    await drafts.remove(as('ada'), conversationId);
    expect(await texts('ada')).toEqual([]);
    expect(told().slice(2)).toMatchObject([{ userIds: ['ada'], event: { data: { draft: null } } }]);
  });

  it('is found by a number in heads when its event was missed', async () => {
    const conversationId = await group();
    const before = await ownVersion('ada');
    await drafts.write(as('ada'), conversationId, 'Dear');
    expect(await ownVersion('ada')).not.toBe(before);
    expect(await ownVersion('grace')).toBe(0);
  });

  it('of writes at the same time the one with the latest time stays', async () => {
    const conversationId = await group();
    const written = await Promise.all(
      Array.from({ length: 10 }, (_, index) => drafts.write(as('ada'), conversationId, `draft ${index}`)),
    );
    const { data } = await drafts.list(as('ada'), {});
    const latest = written.map(({ updatedAt }) => updatedAt).sort();
    expect(data[0]?.updatedAt).toBe(latest.at(-1));
    expect(written).toContainEqual(data[0]);
  });

  it('lists the last written first, page after page, in current conversations alone', async () => {
    const ids = [await group(), await group(), await group()];
    for (const [index, id] of ids.entries()) await drafts.write(as('grace'), id, `draft ${index}`);
    await drafts.write(as('grace'), ids[0] ?? '', 'draft 0 again');
    const first = await drafts.list(as('grace'), { limit: 2 });
    const second = await drafts.list(as('grace'), { limit: 2, cursor: first.page.next ?? '' });
    expect([...first.data, ...second.data].map(({ text }) => text)).toEqual([
      'draft 0 again',
      'draft 2',
      'draft 1',
    ]);
    expect(second.page.next).toBeNull();
    await domain.get(ParticipantService).remove(as('grace'), ids[2] ?? '', 'grace');
    expect(await texts('grace')).toEqual(['draft 0 again', 'draft 1']);
  });

  it('S36: has one answer for strangers, former participants, other tenants and what does not exist', async () => {
    const id = await group();
    await domain.get(ParticipantService).remove(as('grace'), id, 'grace');
    const other = await domain.tenant('ada');
    for (const actor of [as('linus'), as('grace'), userActor(other, 'ada')]) {
      for (const attempt of [() => drafts.write(actor, id, 'x'), () => drafts.remove(actor, id)]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'conversation.not_found' });
      }
    }
    await expect(drafts.list(serverActor(tenantId), {})).rejects.toMatchObject({ code: 'actor.required' });
  });
});

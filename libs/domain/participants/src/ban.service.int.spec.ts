import { AuditService } from '@parley/domain/audit';
import { ConversationService } from '@parley/domain/conversations';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { BanService } from './ban.service';
import { ParticipantService } from './participant.service';

describe('BanService', () => {
  let domain: Domain;
  let bans: BanService;
  let tenantId: string;

  const as = (userId: string, role: 'member' | 'moderator' = 'member') => userActor(tenantId, userId, role);

  beforeAll(async () => {
    domain = await Domain.start();
    bans = domain.get(BanService);
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'mia');
  });
  afterAll(() => domain.stop());

  async function group(): Promise<string> {
    const input = { kind: 'group' as const, participants: [{ userId: 'grace' }, { userId: 'linus' }] };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }
  const add = (id: string, userId: string) => domain.get(ParticipantService).add(as('ada'), id, [{ userId }]);

  it('I13: takes the user out by a change that all see, and keeps it out until the ban is lifted', async () => {
    const id = await group();
    const ban = await bans.ban(as('ada'), id, { userId: 'linus', reason: 'spam' });
    expect(ban).toMatchObject({ userId: 'linus', reason: 'spam', until: null, by: { userId: 'ada' } });
    const last = domain.published.of(id).at(-1);
    expect(last).toMatchObject({ type: 'participant.left', data: { userId: 'linus', reason: 'banned' } });
    expect(JSON.stringify(last)).not.toContain('spam');
    await expect(domain.get(ConversationService).get(as('linus'), id)).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
    await expect(add(id, 'linus')).rejects.toMatchObject({
      code: 'participant.banned',
      issues: [{ path: 'participants.0.userId' }],
    });
    await bans.lift(as('ada'), id, 'linus');
    await add(id, 'linus');
    await expect(bans.lift(as('ada'), id, 'linus')).rejects.toMatchObject({ code: 'ban.not_found' });
  });

  it('ends by itself', async () => {
    const id = await group();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await bans.ban(as('ada'), id, { userId: 'linus', until })).toMatchObject({ until });
    const past = { data: { until: new Date(Date.now() - 1) }, where: { conversationId: id } };
    await domain.get(Db).tx(tenantId, ({ prisma }) => prisma.conversationBan.updateMany(past));
    expect((await bans.list(as('ada'), id, {})).data).toEqual([]);
    await add(id, 'linus');
    const ended = new Date(Date.now() - 1_000).toISOString();
    await expect(bans.ban(as('ada'), id, { userId: 'linus', until: ended })).rejects.toMatchObject({
      issues: [{ path: 'until' }],
    });
  });

  it('keeps out who never was in, and a new ban takes the place of the old one', async () => {
    const id = await group();
    const before = domain.published.of(id).length;
    await bans.ban(as('ada'), id, { userId: 'mia' });
    await bans.ban(as('ada'), id, { userId: 'mia', reason: 'again' });
    expect(domain.published.of(id)).toHaveLength(before);
    expect((await bans.list(as('ada'), id, {})).data).toMatchObject([{ userId: 'mia', reason: 'again' }]);
    await expect(bans.ban(as('ada'), id, { userId: 'nobody' })).rejects.toMatchObject({
      code: 'user.not_found',
    });
    const { data } = await domain.get(AuditService).list(serverActor(tenantId), { conversationId: id });
    expect(data.map(({ action, target, reason }) => [action, target, reason])).toEqual([
      ['ban.create', 'mia', 'again'],
      ['ban.create', 'mia', null],
    ]);
  });

  it('S12: is for those who run the conversation and for moderators that take part; only owners ban owners', async () => {
    const id = await group();
    await expect(bans.ban(as('grace'), id, { userId: 'linus' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    await expect(bans.ban(as('mia', 'moderator'), id, { userId: 'linus' })).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
    await expect(bans.ban(as('grace', 'moderator'), id, { userId: 'ada' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    await bans.ban(as('grace', 'moderator'), id, { userId: 'linus' });
    await expect(bans.list(as('grace'), id, {})).rejects.toMatchObject({ code: 'permission.denied' });
    await bans.lift(serverActor(tenantId), id, 'linus');
    const input = { kind: 'direct' as const, participants: [{ userId: 'grace' }] };
    const { conversation } = await domain.get(ConversationService).create(as('ada'), input);
    await expect(bans.ban(serverActor(tenantId), conversation.id, { userId: 'ada' })).rejects.toMatchObject({
      code: 'participant.direct_fixed',
    });
  });

  it('of a ban and an adding at once the ban wins', async () => {
    const id = await group();
    await bans.ban(as('ada'), id, { userId: 'linus' });
    await bans.lift(as('ada'), id, 'linus');
    await Promise.allSettled([bans.ban(as('ada'), id, { userId: 'linus' }), add(id, 'linus')]);
    const { data } = await domain.get(ParticipantService).list(as('ada'), id, {});
    expect(data.map(({ userId }) => userId)).not.toContain('linus');
  });
});

import {
  ChannelService,
  ConversationService,
  ConversationSettingsService,
} from '@parley/domain/conversations';
import { Db } from '@parley/platform/database';
import { Domain, serverActor, userActor } from '@parley/testing';
import { BanService } from './ban.service';
import { InvitationService } from './invitation.service';
import { JoinService } from './join.service';
import { ParticipantService } from './participant.service';

describe('coming in by one’s own will', () => {
  let domain: Domain;
  let invitations: InvitationService;
  let joins: JoinService;
  let tenantId: string;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    invitations = domain.get(InvitationService);
    joins = domain.get(JoinService);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'linus');
  });
  afterAll(() => domain.stop());

  async function group(more: object = {}): Promise<string> {
    const input = { kind: 'channel' as const, title: 'Plans', participants: [{ userId: 'grace' }], ...more };
    return (await domain.get(ConversationService).create(as('ada'), input)).conversation.id;
  }
  const gone = { code: 'invitation.not_found' };

  it('an invitation is told to the invited user alone, and makes it a participant when it accepts', async () => {
    const id = await group();
    const invitation = await invitations.invite(as('ada'), id, { userId: 'linus', role: 'guest' });
    expect(invitation).toMatchObject({
      conversationId: id,
      title: 'Plans',
      userId: 'linus',
      invitedBy: 'ada',
    });
    const [told] = domain.published.userEvents.slice(-1);
    expect(told).toMatchObject({ type: 'invitation.updated', userIds: ['linus'] });
    expect((await invitations.list(as('linus'), {})).data).toEqual([invitation]);
    expect((await invitations.listOf(as('ada'), id, {})).data).toEqual([invitation]);
    expect((await invitations.list(as('grace'), {})).data).toEqual([]);
    const { participant } = await joins.accept(as('linus'), id);
    expect(participant).toMatchObject({ userId: 'linus', role: 'guest' });
    expect(domain.published.of(id).at(-1)).toMatchObject({ type: 'participant.joined', actor: 'linus' });
    await expect(joins.accept(as('linus'), id)).rejects.toMatchObject(gone);
    await expect(invitations.invite(as('ada'), id, { userId: 'linus' })).rejects.toMatchObject({
      code: 'participant.present',
    });
  });

  it('declined, revoked or expired it opens nothing', async () => {
    const id = await group();
    const invite = () => invitations.invite(as('ada'), id, { userId: 'linus' });
    await invite();
    await invitations.decline(as('linus'), id);
    await expect(joins.accept(as('linus'), id)).rejects.toMatchObject(gone);
    await invite();
    await invitations.revoke(as('ada'), id, 'linus');
    await expect(joins.accept(as('linus'), id)).rejects.toMatchObject(gone);
    await invite();
    await domain
      .get(Db)
      .tx(tenantId, ({ prisma }) =>
        prisma.invitation.updateMany({ data: { expiresAt: new Date(Date.now() - 1) }, where: { tenantId } }),
      );
    await expect(joins.accept(as('linus'), id)).rejects.toMatchObject(gone);
    expect((await invitations.list(as('linus'), {})).data).toEqual([]);
  });

  it('bans win, over invitations and over joining', async () => {
    const id = await group({ visibility: 'tenant' });
    await invitations.invite(as('ada'), id, { userId: 'linus' });
    await domain.get(BanService).ban(as('ada'), id, { userId: 'linus' });
    expect((await invitations.list(as('linus'), {})).data).toEqual([]);
    await expect(joins.accept(as('linus'), id)).rejects.toMatchObject(gone);
    const banned = { code: 'participant.banned' };
    await expect(joins.join(as('linus'), id)).rejects.toMatchObject(banned);
    await expect(invitations.invite(as('ada'), id, { userId: 'linus' })).rejects.toMatchObject(banned);
  });

  it('S36, S12: strangers learn nothing, members invite nobody, and nobody into a direct conversation', async () => {
    const id = await group();
    await expect(joins.join(as('linus'), id)).rejects.toMatchObject({ code: 'conversation.not_found' });
    await expect(invitations.invite(as('linus'), id, { userId: 'grace' })).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
    await expect(invitations.invite(as('grace'), id, { userId: 'linus' })).rejects.toMatchObject({
      code: 'permission.denied',
    });
    const input = { kind: 'direct' as const, participants: [{ userId: 'grace' }] };
    const { conversation } = await domain.get(ConversationService).create(as('ada'), input);
    await expect(
      invitations.invite(serverActor(tenantId), conversation.id, { userId: 'linus' }),
    ).rejects.toMatchObject({ code: 'participant.direct_fixed' });
  });

  it('what the whole tenant may see is found and joined, and left again', async () => {
    const open = await group({ visibility: 'tenant', title: 'Open Plans' });
    await group({ title: 'Secret Plans' });
    const find = async (q: string) => (await domain.get(ChannelService).list(as('linus'), { q })).data;
    expect(await find('pLaNs')).toMatchObject([{ id: open, title: 'Open Plans', joined: false }]);
    expect(await find('nothing')).toEqual([]);
    const { participant } = await joins.join(as('linus'), open);
    expect(participant).toMatchObject({ userId: 'linus', role: 'member' });
    expect(await joins.join(as('linus'), open)).toEqual({ participant });
    expect(await find('plans')).toMatchObject([{ joined: true }]);
    await domain.get(ParticipantService).remove(as('linus'), open, 'linus');
    expect(await find('plans')).toMatchObject([{ joined: false }]);
    await domain.get(ConversationSettingsService).update(as('ada'), open, { status: 'closed' });
    expect(await find('plans')).toEqual([]);
    await expect(joins.join(as('linus'), open)).rejects.toMatchObject({ code: 'conversation.closed' });
  });

  it('pages through the directory', async () => {
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await group({ visibility: 'tenant' }));
    const channels = domain.get(ChannelService);
    const first = await channels.list(serverActor(tenantId), { limit: 2 });
    const rest = await channels.list(serverActor(tenantId), { limit: 2, cursor: first.page.next ?? '' });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(ids.reverse());
    expect(rest.page.next).toBeNull();
  });
});

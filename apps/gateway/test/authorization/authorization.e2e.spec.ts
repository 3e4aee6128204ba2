import { randomBytes } from 'node:crypto';
import { socketRequestNames, type HeadsResult, type UserRole } from '@parley/contracts/wire';
import { mintToken } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { ConversationService } from '@parley/domain/conversations';
import { MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { TenantService } from '@parley/domain/tenants';
import { userActor, waitFor } from '@parley/testing';
import { LiveDelivery } from '../../src/live/live-delivery';
import { RunningGateways } from '../running-gateways';
import type { TestSocket } from '../test-socket';
import { roles, rows, type Role, type Scene } from './rows';

const members = ['owner', 'admin', 'member', 'guest'] as const;
const tenantRoles: Partial<Record<Role, UserRole>> = { moderator: 'moderator', tenantAdmin: 'admin' };

describe('S12: who may do what over a socket', () => {
  let gateways: RunningGateways;
  let sockets: Record<Role, TestSocket>;
  let epoch: string;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
    const { tenantId } = gateways;
    await gateways.service(Db).tx(tenantId, ({ prisma }) =>
      prisma.appUser.createMany({
        data: roles.map((id) => ({ tenantId, id, role: tenantRoles[id] ?? 'member' })),
      }),
    );
    const connected = await Promise.all(
      roles.map(async (role) => {
        const token = role === 'otherTenant' ? await foreignToken('member') : await gateways.token(role);
        const socket = gateways.open({ token });
        await socket.ready();
        return [role, socket] as const;
      }),
    );
    sockets = Object.fromEntries(connected) as Record<Role, TestSocket>;
    const answer = await sockets.owner.ask('heads', {});
    epoch = answer.ok ? (answer.data as unknown as HeadsResult).epoch : '';
  }, 60_000);
  afterAll(() => gateways.stop());

  /** The same user id in another tenant: another person. */
  async function foreignToken(userId: string): Promise<string> {
    const { id, signingKey } = await gateways.service(TenantService).create(randomBytes(4).toString('hex'));
    const key = {
      tenantId: id,
      kid: signingKey.kid ?? '',
      secret: signingKey.secret,
      algorithm: 'HS256',
    } as const;
    const { token } = mintToken({ ...key, issuer: null, audience: null }, { userId, ttlSeconds: 600 });
    return token;
  }

  async function makeScene(): Promise<Scene> {
    const { tenantId } = gateways;
    const { conversation } = await gateways
      .service(ConversationService)
      .create(userActor(tenantId, 'owner'), {
        kind: 'group',
        participants: [
          { userId: 'admin', role: 'admin' },
          { userId: 'member', role: 'member' },
          { userId: 'guest', role: 'guest' },
          { userId: 'removed', role: 'member' },
        ],
      });
    const conversationId = conversation.id;
    await gateways
      .service(ParticipantService)
      .remove(userActor(tenantId, 'owner'), conversationId, 'removed');
    const input = { clientMessageId: 'of-the-member', text: 'of the member' };
    const member = userActor(tenantId, 'member');
    const { message } = await gateways.service(MessageService).send(member, conversationId, input);
    const live = gateways.service(LiveDelivery);
    // Who types is looked up in memory alone: by then the gateway has heard of the conversation.
    await waitFor(() =>
      members.every((userId) => live.headFor(tenantId, userId, conversationId) !== undefined),
    );
    return { conversationId, messageId: message.id, epoch };
  }

  it.each([
    ['nobody', undefined],
    ['a server key', `psk_${'a'.repeat(43)}`],
    ['an operator key', `pok_${'a'.repeat(43)}`],
  ])('%s gets no socket', async (_, token) => {
    const socket = gateways.open(token === undefined ? {} : { token });
    await waitFor(() => socket.refused !== undefined);
    expect(socket.refused?.code).toMatch(/^token[.](missing|invalid)$/);
  });

  it.each(socketRequestNames)('%s', async (name) => {
    const { input, outcomes } = rows[name];
    const found = {} as Record<Role, string>;
    let scene: Scene | undefined;
    for (const role of roles) {
      scene ??= await makeScene();
      const answer = await sockets[role].ask(name, input(scene));
      found[role] = answer.ok ? 'ok' : answer.error.code;
      // What was done is done: the next one begins anew.
      if (answer.ok) scene = undefined;
    }
    expect(found).toEqual(outcomes);
  });
});

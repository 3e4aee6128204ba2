import {
  conversationKinds,
  participantRoles,
  type ConversationKind,
  type ParticipantRole,
  type SendResult,
  type SocketRequestName,
  toAppError,
  type Ack,
} from '@parley/contracts/wire';
import type { UserActor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { ConversationDeletionService } from '@parley/domain/conversations';
import {
  BanService,
  InvitationService,
  JoinService,
  OwnershipService,
  ParticipantService,
} from '@parley/domain/participants';
import { serverActor, userActor, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';
import { Observer } from './verify-action';

interface Deed {
  /** Absent where `call` does it: there is no request over sockets for it. */
  request?: SocketRequestName;
  /** As REST does it. */
  call?: (gateways: RunningGateways, actor: UserActor, conversationId: string) => Promise<unknown>;
  input?: Record<string, unknown>;
  /** It is about the conversation, and no message of it. */
  ofConversation?: true;
}

/** An action, what must be done before it can be, and which roles may do it to a message of the owner. */
interface Action extends Deed {
  /** Done by the owner, to whom everything is allowed. */
  before?: Deed;
  /** Done by one who does not take part yet, and not by each role. */
  byNewcomer?: true;
  /** Where it can be done at all; everywhere without it. */
  kind?: ConversationKind;
  may: (role: ParticipantRole, kind: ConversationKind) => boolean;
  /** For whom it is so already: answered, without a seq. */
  unchanged?: (role: ParticipantRole) => boolean;
}

const everybody = () => true;
const runs = (role: ParticipantRole) => role === 'owner' || role === 'admin';
const pins = (role: ParticipantRole, kind: ConversationKind) =>
  runs(role) || (role === 'member' && kind !== 'channel');

/** A later action is a row here. */
const actions: Record<string, Action> = {
  'editing a message': {
    request: 'message.edit',
    input: { text: 'edited', mentions: [{ userId: 'owner' }], metadata: { a: 1 } },
    may: (role) => role === 'owner',
  },
  'deleting a message': { request: 'message.delete', may: runs },
  'deleting a message that is pinned and reacted to': {
    request: 'message.delete',
    before: { request: 'pin.add' },
    may: runs,
  },
  reacting: { request: 'reaction.add', input: { key: '👍' }, may: everybody },
  'reacting as others did': {
    request: 'reaction.add',
    input: { key: '👍' },
    before: { request: 'reaction.add', input: { key: '👍' } },
    may: everybody,
    unchanged: (role) => role === 'owner',
  },
  'taking a reaction back': {
    request: 'reaction.remove',
    input: { key: '👍' },
    before: { request: 'reaction.add', input: { key: '👍' } },
    may: everybody,
  },
  'pinning a message': { request: 'pin.add', may: pins },
  'unpinning a message': { request: 'pin.remove', before: { request: 'pin.add' }, may: pins },
  'sending a message': {
    request: 'message.send',
    input: { text: 'more', clientMessageId: 'verify-action-send' },
    ofConversation: true,
    may: everybody,
  },
  'changing the conversation': {
    request: 'conversation.update',
    input: { title: 'another', metadata: { a: [1] }, settings: { posting: 'admins', slowModeSeconds: 5 } },
    ofConversation: true,
    may: runs,
  },
  'closing the conversation': {
    request: 'conversation.update',
    input: { status: 'closed' },
    ofConversation: true,
    may: runs,
  },
  'opening the conversation again': {
    request: 'conversation.update',
    input: { status: 'active', subject: { type: 'order', id: '7' } },
    before: { request: 'conversation.update', input: { status: 'closed' }, ofConversation: true },
    ofConversation: true,
    may: runs,
  },
  'handing the conversation over': {
    call: (gateways, actor, conversationId) =>
      gateways.service(OwnershipService).transfer(actor, conversationId, 'member'),
    ofConversation: true,
    may: (role) => role === 'owner',
  },
  'deleting the conversation': {
    call: (gateways, actor, conversationId) =>
      gateways.service(ConversationDeletionService).delete(actor, conversationId),
    ofConversation: true,
    may: (role) => role === 'owner',
  },
  'resetting one’s own history': {
    call: (gateways, actor, conversationId) =>
      gateways.service(OwnershipService).resetHistory(actor, conversationId),
    before: { request: 'pin.add' },
    ofConversation: true,
    may: everybody,
  },
  'banning somebody': {
    call: (gateways, actor, conversationId) =>
      gateways.service(BanService).ban(actor, conversationId, { userId: 'newcomer' }),
    before: {
      request: 'participant.add',
      input: { participants: [{ userId: 'newcomer' }] },
      ofConversation: true,
    },
    ofConversation: true,
    may: runs,
  },
  'joining a channel': {
    call: (gateways, actor, conversationId) => gateways.service(JoinService).join(actor, conversationId),
    before: { request: 'conversation.update', input: { visibility: 'tenant' }, ofConversation: true },
    byNewcomer: true,
    kind: 'channel',
    ofConversation: true,
    may: everybody,
  },
  'accepting an invitation': {
    call: (gateways, actor, conversationId) => gateways.service(JoinService).accept(actor, conversationId),
    before: {
      call: (gateways, actor, conversationId) =>
        gateways.service(InvitationService).invite(actor, conversationId, { userId: 'newcomer' }),
    },
    byNewcomer: true,
    ofConversation: true,
    may: everybody,
  },
  'adding somebody': {
    request: 'participant.add',
    input: { participants: [{ userId: 'newcomer', label: 'new' }] },
    ofConversation: true,
    may: runs,
  },
  'removing somebody': {
    request: 'participant.remove',
    input: { userId: 'newcomer' },
    before: {
      request: 'participant.add',
      input: { participants: [{ userId: 'newcomer' }] },
      ofConversation: true,
    },
    ofConversation: true,
    may: runs,
  },
};

describe('old state + received events = state fetched afresh', () => {
  let gateways: RunningGateways;
  const sockets = new Map<string, TestSocket>();

  beforeAll(async () => {
    gateways = await RunningGateways.start(2);
    await gateways.conversation(...participantRoles, 'late', 'newcomer');
    for (const [index, userId] of [...participantRoles, 'late'].entries()) {
      sockets.set(userId, await gateways.connect(userId, index % 2));
    }
  });
  afterAll(() => gateways.stop());

  function socketOf(userId: string): TestSocket {
    const socket = sockets.get(userId);
    if (socket === undefined) throw new RangeError(`${userId} is not connected`);
    return socket;
  }

  /** A conversation with one user of each role, named after it, and one who came after the message. */
  async function scene(kind: ConversationKind) {
    const server = serverActor(gateways.tenantId);
    const participants = gateways.service(ParticipantService);
    const conversationId = await gateways.conversation('maker');
    await gateways
      .service(Db)
      .tx(gateways.tenantId, ({ prisma }) =>
        prisma.conversation.updateMany({ where: { id: conversationId }, data: { kind, history: 'joined' } }),
      );
    await participants.add(
      server,
      conversationId,
      participantRoles.map((role) => ({ userId: role, role })),
    );
    const ack = await socketOf('owner').send(conversationId, 'the message');
    if (!ack.ok) throw new Error(ack.error.code);
    const { message } = ack.data as unknown as SendResult;
    await participants.add(server, conversationId, [{ userId: 'late' }]);
    return { conversationId, messageId: message.id };
  }

  async function lastSeq(conversationId: string): Promise<number> {
    const head = await gateways
      .service(Db)
      .tx(gateways.tenantId, ({ prisma }) =>
        prisma.conversationHead.findFirst({ where: { conversationId } }),
      );
    return Number(head?.lastSeq);
  }

  const kinds = conversationKinds.filter((kind) => kind !== 'direct');
  const table = Object.entries(actions).flatMap(([name, action]) =>
    kinds
      .filter((kind) => action.kind === undefined || action.kind === kind)
      .flatMap((kind) =>
        participantRoles
          .filter((role) => action.byNewcomer === undefined || role === 'member')
          .map((role): [string, ConversationKind, ParticipantRole, Action] => [name, kind, role, action]),
      ),
  );

  it.each(table)('%s in a %s as %s', async (_, kind, role, action) => {
    const { conversationId, messageId } = await scene(kind);
    const ask = (userId: string, { request, input, call, ofConversation }: Deed) => {
      if (request === undefined)
        return asAck(call?.(gateways, userActor(gateways.tenantId, userId), conversationId));
      const target = ofConversation === true ? { conversationId } : { conversationId, messageId };
      return socketOf(userId).ask(request, { ...target, ...input });
    };
    const observers = [...sockets].map(
      ([userId, socket]) => new Observer(gateways, userId, socket, conversationId),
    );
    const settled = async () => {
      const seq = await lastSeq(conversationId);
      await waitFor(() => observers.every((observer) => observer.has(seq)), { message: `seq ${seq}` });
    };
    if (action.before !== undefined) {
      expect(await ask('owner', action.before)).toMatchObject({ ok: true });
      if (action.request === 'reaction.remove' && role !== 'owner') await ask(role, action.before);
    }
    await settled();
    for (const observer of observers) await observer.read();
    const before = await lastSeq(conversationId);

    const ack = await ask(action.byNewcomer === true ? 'newcomer' : role, action);
    const allowed = action.may(role, kind);
    expect(ack).toMatchObject(allowed ? { ok: true } : { error: { code: 'permission.denied' } });
    const changed = allowed && action.unchanged?.(role) !== true;
    expect((await lastSeq(conversationId)) > before).toBe(changed);

    await settled();
    for (const observer of observers)
      expect([observer.userId, observer.state()]).toEqual([observer.userId, await observer.fresh()]);
    const late = observers
      .at(-1)
      ?.received()
      .filter(({ seq }) => seq > before);
    // The message is from before its time: it gets the place of what happens to it, and nothing else.
    if (action.ofConversation === undefined) {
      expect(late?.map(({ type }) => type)).toEqual(changed ? ['void'] : []);
    }
  });
});

async function asAck(result: Promise<unknown> | undefined): Promise<Ack<unknown>> {
  try {
    return { ok: true, data: await result };
  } catch (error) {
    return { ok: false, error: toAppError(error).toBody() };
  }
}

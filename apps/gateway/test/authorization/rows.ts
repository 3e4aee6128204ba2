import type { ErrorCode, SocketRequestName } from '@parley/contracts/wire';

/** Who can hold a socket: users. Those between `removed` and `owner` are, or were, in the conversation of the scene. */
export const roles = [
  'otherTenant',
  'stranger',
  'removed',
  'guest',
  'member',
  'admin',
  'owner',
  'moderator',
  'tenantAdmin',
] as const;
export type Role = (typeof roles)[number];
export type Outcomes = Readonly<Record<Role, 'ok' | ErrorCode>>;

/** What a request is about; made anew after every request that had an effect. */
export interface Scene {
  conversationId: string;
  /** By the member. */
  messageId: string;
  epoch: string;
}

export interface Row {
  outcomes: Outcomes;
  input(scene: Scene): unknown;
}

const everybody = Object.fromEntries(roles.map((role) => [role, 'ok'])) as Outcomes;

/** Participants alone. For all others, the tenant's staff too, there is no such conversation. */
function participants(changes: Partial<Outcomes> = {}): Outcomes {
  const missing = 'conversation.not_found';
  const outside = {
    otherTenant: missing,
    stranger: missing,
    removed: missing,
    moderator: missing,
    tenantAdmin: missing,
  } as const;
  return { ...everybody, ...outside, ...changes };
}

const inConversation =
  (more: object = {}) =>
  ({ conversationId }: Scene) => ({ conversationId, ...more });
const ofMessage =
  (more: object = {}) =>
  ({ conversationId, messageId }: Scene) => ({ conversationId, messageId, ...more });

/** What every socket request answers to whom (S12); the type asks for a row for each. */
export const rows: Readonly<Record<SocketRequestName, Row>> = {
  'message.send': {
    outcomes: participants(),
    input: ({ conversationId }) => ({
      conversationId,
      clientMessageId: `matrix-${Math.random()}`,
      text: 'hello',
    }),
  },
  'message.edit': {
    outcomes: participants({
      guest: 'permission.denied',
      admin: 'permission.denied',
      owner: 'permission.denied',
    }),
    input: ofMessage({ text: 'edited' }),
  },
  'message.delete': { outcomes: participants({ guest: 'permission.denied' }), input: ofMessage() },
  'reaction.add': { outcomes: participants(), input: ofMessage({ key: 'ok' }) },
  'reaction.remove': { outcomes: participants(), input: ofMessage({ key: 'ok' }) },
  'pin.add': { outcomes: participants({ guest: 'permission.denied' }), input: ofMessage() },
  'pin.remove': { outcomes: participants({ guest: 'permission.denied' }), input: ofMessage() },
  'participant.add': {
    outcomes: participants({ guest: 'permission.denied', member: 'permission.denied' }),
    input: inConversation({ participants: [{ userId: 'stranger' }] }),
  },
  // The guest leaves by it.
  'participant.remove': {
    outcomes: participants({ member: 'permission.denied' }),
    input: inConversation({ userId: 'guest' }),
  },
  'read.mark': { outcomes: participants(), input: inConversation() },
  'conversation.update': {
    outcomes: participants({ guest: 'permission.denied', member: 'permission.denied' }),
    input: inConversation({ title: 'another' }),
  },
  'thread.follow': { outcomes: participants({ removed: 'message.not_found' }), input: ofMessage() },
  'thread.unfollow': { outcomes: participants({ removed: 'message.not_found' }), input: ofMessage() },
  'thread.read': { outcomes: participants({ removed: 'message.not_found' }), input: ofMessage() },
  'conversation.open': { outcomes: participants(), input: inConversation() },
  'conversation.close': { outcomes: everybody, input: inConversation() },
  'typing.start': { outcomes: participants(), input: inConversation() },
  'typing.stop': { outcomes: everybody, input: inConversation() },
  'presence.set': { outcomes: everybody, input: () => ({ status: 'online' }) },
  // Of whom one may not know anything, nothing is told.
  'presence.watch': { outcomes: everybody, input: () => ({ userIds: ['owner'] }) },
  'auth.refresh': {
    outcomes: Object.fromEntries(roles.map((role) => [role, 'token.invalid'])) as Outcomes,
    input: () => ({ token: 'not.a.token' }),
  },
  heads: { outcomes: everybody, input: () => ({}) },
  sync: {
    outcomes: everybody,
    input: ({ epoch, conversationId }) => ({ epoch, cursors: [[conversationId, 0]] }),
  },
  ping: { outcomes: everybody, input: () => ({}) },
};

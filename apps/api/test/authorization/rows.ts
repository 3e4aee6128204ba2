import { randomUUID } from 'node:crypto';
import { backEnd, operators, participants, people, signedIn, users, type Outcomes } from './outcomes';
import type { Scene } from './scene';

export interface Row {
  outcomes: Outcomes;
  /** Path and body of a request that a permitted caller gets through with. */
  request(scene: Scene): { path: string; body?: unknown };
}

const notForMembers = { guest: 'permission.denied', member: 'permission.denied' } as const;
// Who has left may read what there was before, but of this message it knows nothing.
const sentAfterTheLeaving = { removed: 'message.not_found' } as const;

// For what nobody has: an invitation, a way in.
const everyUser = [
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

function row(outcomes: Outcomes, path: string | ((scene: Scene) => string), body?: unknown): Row {
  return {
    outcomes,
    request: (scene) => ({ path: typeof path === 'string' ? path : path(scene), body }),
  };
}

const inConversation =
  (rest = '') =>
  ({ conversationId }: Scene): string =>
    `/v1/conversations/${conversationId}${rest}`;

const ofMessage =
  (rest = '') =>
  ({ conversationId, messageId }: Scene): string =>
    `/v1/conversations/${conversationId}/messages/${messageId}${rest}`;

const conversation = '/v1/conversations/{conversationId}';
const message = `${conversation}/messages/{messageId}`;

/** What every route answers to whom (S12). A route of the documentation without a row here fails the spec. */
export const rows: Readonly<Record<string, Row>> = {
  'POST /v1/conversations': row(signedIn(), '/v1/conversations', { kind: 'group' }),
  'GET /v1/conversations': row(users(), '/v1/conversations'),
  [`GET ${conversation}`]: row(participants(), inConversation()),
  [`PATCH ${conversation}/participants/me`]: row(people(), inConversation('/participants/me'), {
    pinned: true,
  }),
  [`GET ${conversation}/participants`]: row(participants(), inConversation('/participants')),
  [`POST ${conversation}/participants`]: row(participants(notForMembers), inConversation('/participants'), {
    participants: [{ userId: 'stranger' }],
  }),
  [`PATCH ${conversation}/participants/{userId}`]: row(
    participants({ ...notForMembers, admin: 'permission.denied' }),
    inConversation('/participants/guest'),
    { role: 'member' },
  ),
  // The guest leaves by it.
  [`DELETE ${conversation}/participants/{userId}`]: row(
    participants({ member: 'permission.denied' }),
    inConversation('/participants/guest'),
  ),
  [`PATCH ${conversation}`]: row(participants(notForMembers), inConversation(), { title: 'another' }),
  [`DELETE ${conversation}`]: row(
    participants({ ...notForMembers, admin: 'permission.denied' }),
    inConversation(),
  ),
  [`POST ${conversation}/transfer`]: row(
    participants({ ...notForMembers, admin: 'permission.denied' }),
    inConversation('/transfer'),
    { userId: 'member' },
  ),
  [`POST ${conversation}/participants/me/reset-history`]: row(
    people(),
    inConversation('/participants/me/reset-history'),
    {},
  ),
  [`GET ${conversation}/bans`]: row(participants(notForMembers), inConversation('/bans')),
  [`POST ${conversation}/bans`]: row(participants(notForMembers), inConversation('/bans'), {
    userId: 'stranger',
  }),
  [`DELETE ${conversation}/bans/{userId}`]: row(
    participants({
      ...notForMembers,
      admin: 'ban.not_found',
      owner: 'ban.not_found',
      serverKey: 'ban.not_found',
    }),
    inConversation('/bans/stranger'),
  ),
  [`POST ${conversation}/messages`]: row(people(), inConversation('/messages'), { text: 'hello' }),
  [`GET ${conversation}/messages`]: row(participants({ removed: 'ok' }), inConversation('/messages')),
  [`GET ${message}`]: row(participants(sentAfterTheLeaving), ofMessage()),
  [`PATCH ${message}`]: row(
    people({ guest: 'permission.denied', admin: 'permission.denied', owner: 'permission.denied' }),
    ofMessage(),
    { text: 'edited' },
  ),
  [`DELETE ${message}`]: row(participants({ guest: 'permission.denied' }), ofMessage()),
  [`GET ${message}/thread`]: row(participants(sentAfterTheLeaving), ofMessage('/thread')),
  [`GET ${message}/thread/participants`]: row(participants(), ofMessage('/thread/participants')),
  [`POST ${message}/thread/read`]: row(people(sentAfterTheLeaving), ofMessage('/thread/read'), {}),
  [`PUT ${message}/thread/following`]: row(people(sentAfterTheLeaving), ofMessage('/thread/following')),
  [`DELETE ${message}/thread/following`]: row(people(sentAfterTheLeaving), ofMessage('/thread/following')),
  [`GET ${conversation}/threads`]: row(participants(), inConversation('/threads')),
  [`GET ${message}/revisions`]: row(participants(sentAfterTheLeaving), ofMessage('/revisions')),
  [`PUT ${message}/reactions/{key}`]: row(people(), ofMessage('/reactions/ok')),
  [`DELETE ${message}/reactions/{key}`]: row(people(), ofMessage('/reactions/ok')),
  [`GET ${message}/reactions`]: row(participants(sentAfterTheLeaving), ofMessage('/reactions')),
  [`PUT ${message}/pin`]: row(participants({ guest: 'permission.denied' }), ofMessage('/pin')),
  [`DELETE ${message}/pin`]: row(participants({ guest: 'permission.denied' }), ofMessage('/pin')),
  [`GET ${message}/readers`]: row(participants(sentAfterTheLeaving), ofMessage('/readers')),
  [`GET ${conversation}/pins`]: row(participants({ removed: 'ok' }), inConversation('/pins')),
  [`POST ${conversation}/read`]: row(people(), inConversation('/read'), {}),
  [`POST ${conversation}/unread`]: row(people(), inConversation('/unread'), { seq: 1 }),
  [`PUT ${conversation}/draft`]: row(people(), inConversation('/draft'), { text: 'later' }),
  [`DELETE ${conversation}/draft`]: row(people(), inConversation('/draft')),
  'GET /v1/unread': row(users(), '/v1/unread'),
  'GET /v1/drafts': row(users(), '/v1/drafts'),
  'GET /v1/heads': row(users(), '/v1/heads'),
  'POST /v1/sync': {
    outcomes: users(),
    request: ({ epoch, conversationId }) => ({
      path: '/v1/sync',
      body: { epoch, cursors: [[conversationId, 0]] },
    }),
  },
  'GET /v1/messages/search': row(users(), '/v1/messages/search?q=hello'),
  'GET /v1/messages/{messageId}': row(
    participants({
      otherTenant: 'message.not_found',
      stranger: 'message.not_found',
      removed: 'message.not_found',
      moderator: 'message.not_found',
      tenantAdmin: 'message.not_found',
    }),
    ({ messageId }) => `/v1/messages/${messageId}`,
  ),
  'GET /v1/threads': row(users(), '/v1/threads'),
  'GET /v1/channels': row(signedIn(), '/v1/channels'),
  // It is not one that the tenant may find: nobody learns that it is there.
  [`POST ${conversation}/join`]: row(
    users(Object.fromEntries(everyUser.map((role) => [role, 'conversation.not_found'] as const))),
    inConversation('/join'),
    {},
  ),
  'GET /v1/invitations': row(users(), '/v1/invitations'),
  'POST /v1/invitations/{conversationId}/accept': row(
    users(Object.fromEntries(everyUser.map((role) => [role, 'invitation.not_found'] as const))),
    ({ conversationId }) => `/v1/invitations/${conversationId}/accept`,
    {},
  ),
  'DELETE /v1/invitations/{conversationId}': row(
    users(Object.fromEntries(everyUser.map((role) => [role, 'invitation.not_found'] as const))),
    ({ conversationId }) => `/v1/invitations/${conversationId}`,
  ),
  [`GET ${conversation}/invitations`]: row(participants(notForMembers), inConversation('/invitations')),
  [`POST ${conversation}/invitations`]: row(participants(notForMembers), inConversation('/invitations'), {
    userId: 'stranger',
  }),
  [`DELETE ${conversation}/invitations/{userId}`]: row(
    participants({
      ...notForMembers,
      admin: 'invitation.not_found',
      owner: 'invitation.not_found',
      serverKey: 'invitation.not_found',
    }),
    inConversation('/invitations/stranger'),
  ),
  'GET /v1/presence': row(users(), '/v1/presence?userId=owner'),
  'PUT /v1/presence': row(users(), '/v1/presence', { status: 'online' }),
  'GET /v1/blocks': row(users(), '/v1/blocks'),
  'POST /v1/blocks': row(users({ otherTenant: 'user.not_found' }), '/v1/blocks', { userId: 'bystander' }),
  'DELETE /v1/blocks/{userId}': row(users(), '/v1/blocks/bystander'),
  'GET /v1/me': row(signedIn(), '/v1/me'),
  'GET /v1/limits': row(signedIn(), '/v1/limits'),
  'GET /v1/users': row(signedIn(), '/v1/users'),
  'GET /v1/users/{userId}': row(signedIn({ otherTenant: 'user.not_found' }), '/v1/users/owner'),
  'PUT /v1/users/{userId}': row(backEnd({ tenantAdmin: 'ok' }), '/v1/users/newcomer', { name: 'Newcomer' }),
  'PATCH /v1/users/me': row(users(), '/v1/users/me', { name: 'Somebody' }),
  'DELETE /v1/users/{userId}/tokens': row(backEnd({ tenantAdmin: 'ok' }), '/v1/users/newcomer/tokens'),
  'POST /v1/tokens': row(backEnd(), '/v1/tokens', { userId: 'newcomer' }),
  'GET /v1/admin/keys': row(backEnd(), '/v1/admin/keys'),
  'POST /v1/admin/keys': row(backEnd(), '/v1/admin/keys', {
    kind: 'server',
    name: 'another',
    scopes: ['users'],
  }),
  'DELETE /v1/admin/keys/{keyId}': row(
    backEnd({ serverKey: 'key.not_found' }),
    () => `/v1/admin/keys/${randomUUID()}`,
  ),
  'GET /v1/admin/settings': row(backEnd(), '/v1/admin/settings'),
  'PATCH /v1/admin/settings': row(backEnd(), '/v1/admin/settings', {}),
  'GET /v1/admin/audit-entries': row(backEnd({ tenantAdmin: 'ok' }), '/v1/admin/audit-entries'),
  'GET /v1/admin/bans': row(backEnd({ moderator: 'ok', tenantAdmin: 'ok' }), '/v1/admin/bans'),
  'POST /v1/admin/bans': row(backEnd({ moderator: 'ok', tenantAdmin: 'ok' }), '/v1/admin/bans', {
    userId: 'banned',
  }),
  'DELETE /v1/admin/bans/{userId}': row(
    backEnd({ moderator: 'ban.not_found', tenantAdmin: 'ban.not_found', serverKey: 'ban.not_found' }),
    '/v1/admin/bans/bystander',
  ),
  'POST /v1/imports': row(backEnd(), '/v1/imports', {}),
  'GET /v1/operator/tenants': row(operators(), '/v1/operator/tenants'),
  'POST /v1/operator/tenants': row(operators(), '/v1/operator/tenants', { name: 'third' }),
  'GET /v1/operator/tenants/{tenantId}': row(
    operators(),
    ({ tenantId }) => `/v1/operator/tenants/${tenantId}`,
  ),
  'PATCH /v1/operator/tenants/{tenantId}': row(
    operators(),
    ({ tenantId }) => `/v1/operator/tenants/${tenantId}`,
    { name: 'renamed' },
  ),
};

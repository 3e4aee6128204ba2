/** Rows of the tables: what somebody does, the policy function that decides, and its answer for each column. */
function conversationRows({ participants, conversations, messages, mentions, pins, reactions }) {
  const other = (role) => ({ self: false, role });
  const message = { kind: 'text', deletedAt: null };
  const said = (standing, more) => ({ standing, kind: 'group', own: false, moderator: false, ...more });
  return [
    ['read', 'membership', () => true],
    ['send and edit, where everyone may post', 'canPost', (s) => participants.canPost(s, 'everyone')],
    ['send and edit, where admins may post', 'canPost', (s) => participants.canPost(s, 'admins')],
    [
      'edit a message of one’s own',
      'canEdit',
      (s) => s !== 'server' && messages.canEdit({ own: true }, message),
    ],
    ['edit a message of another', 'canEdit', () => messages.canEdit({ own: false }, message)],
    [
      'delete a message of one’s own',
      'canDelete',
      (s) => messages.canDelete(said(s, { own: true }), message),
    ],
    ['delete a message of another', 'canDelete', (s) => messages.canDelete(said(s), message)],
    [
      'delete a message of the other in a direct conversation',
      'canDelete',
      (s) => messages.canDelete(said(s, { kind: 'direct' }), message),
    ],
    [
      'read what a message said before',
      'canReadRevisions',
      (s) => messages.canReadRevisions(s === 'server', message),
    ],
    [
      'read what a deleted message said',
      'canReadRevisions',
      (s) => messages.canReadRevisions(s === 'server', { deletedAt: 'then' }),
    ],
    ['mention all of a group', 'canMentionGroup', (s) => mentions.canMentionGroup(s, 'group')],
    ['mention all of a channel', 'canMentionGroup', (s) => mentions.canMentionGroup(s, 'channel')],
    ['react', 'canReact', (s) => reactions.canReact(s)],
    ['pin in a group', 'canPin', (s) => pins.canPin(s, 'group')],
    ['pin in a channel', 'canPin', (s) => pins.canPin(s, 'channel')],
    ['leave', 'canRemove', (s) => s !== 'server' && participants.canRemove(s, { self: true, role: s })],
    ['add or invite a member', 'canAdd', (s) => participants.canAdd(s, 'member')],
    ['add or invite an admin', 'canAdd', (s) => participants.canAdd(s, 'admin')],
    ['remove a member', 'canRemove', (s) => participants.canRemove(s, other('member'))],
    ['remove an admin', 'canRemove', (s) => participants.canRemove(s, other('admin'))],
    ['remove an owner', 'canRemove', (s) => participants.canRemove(s, other('owner'))],
    ['change a role', 'canUpdate', (s) => participants.canUpdate(s, other('member'), { role: true })],
    ['change a label', 'canUpdate', (s) => participants.canUpdate(s, other('member'), { role: false })],
    ['ban a member', 'canBan', (s) => participants.canBan(s, false, other('member'))],
    ['ban an owner', 'canBan', (s) => participants.canBan(s, false, other('owner'))],
    ['see and lift bans', 'canSeeBans', (s) => participants.canSeeBans(s, false)],
    [
      'change, close or open a group or channel',
      'canConfigure',
      (s) => conversations.canConfigure(s, 'group'),
    ],
    [
      'change, close or open a direct conversation',
      'canConfigure',
      (s) => conversations.canConfigure(s, 'direct'),
    ],
    ['hand a group or channel over', 'canTransfer', (s) => participants.canTransfer(s)],
    ['delete a group or channel for all', 'canDelete', (s) => conversations.canDelete(s, 'group')],
    ['delete a direct conversation for all', 'canDelete', (s) => conversations.canDelete(s, 'direct')],
  ];
}

function tenantRows({ users, presence, audit, keys, settings, imports }) {
  return [
    ['see users', 'assertMaySeeUsers', (a) => users.assertMaySeeUsers(a)],
    [
      'see users one shares no conversation with, under `users.directory` `shared`',
      'seesEverybody',
      (a) => assert(users.seesEverybody(a, 'shared')),
    ],
    ['change one’s own name', 'assertMayChangeUser', (a) => users.assertMayChangeUser(a, a.userId ?? 'ada')],
    ['change another user, its role included', 'assertMayManageUsers', (a) => users.assertMayManageUsers(a)],
    ['see and lift bans from the tenant', 'assertMayModerate', (a) => users.assertMayModerate(a)],
    ['ban a member from the tenant', 'assertMayBanUser', (a) => users.assertMayBanUser(a, target('member'))],
    [
      'ban a moderator from the tenant',
      'assertMayBanUser',
      (a) => users.assertMayBanUser(a, target('moderator')),
    ],
    ['ban an admin from the tenant', 'assertMayBanUser', (a) => users.assertMayBanUser(a, target('admin'))],
    ['see and set presence', 'assertMayUsePresence', (a) => presence.assertMayUsePresence(a)],
    ['make tokens', 'assertMayIssueTokens', (a) => users.assertMayIssueTokens(a)],
    ['read the audit log', 'assertMayReadAudit', (a) => audit.assertMayReadAudit(a)],
    ['manage keys', 'assertMayManageKeys', (a) => keys.assertMayManageKeys(a)],
    ['change settings', 'assertMayManageSettings', (a) => settings.assertMayManageSettings(a)],
    ['import', 'assertMayImport', (a) => imports.assertMayImport(a)],
  ];
}

const target = (role) => ({ userId: 'somebody', role });

function assert(may) {
  if (!may) throw new Error('no');
}

function passes(check) {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Rules that are no question of a role: they hold for everybody alike. */
const withoutRole = new Set(['assertAllowed', 'assertFitsKind', 'assertOwnerRemains', 'namesGroup']);

/**
 * The text of docs/permissions.md, from the policies themselves.
 * @throws Error where a policy has a function without a row
 */
export function permissionsDocs(policies, { participantRoles, userRoles, keyScopes }) {
  const standings = [...participantRoles, 'server'];
  const actors = [
    ...userRoles.map((role) => ({ kind: 'user', userId: 'ada', role })),
    { kind: 'server', userId: null, scopes: keyScopes },
    { kind: 'server', userId: null, scopes: [] },
  ];
  const inConversation = conversationRows(policies);
  const inTenant = tenantRows(policies);
  assertComplete(policies, [...inConversation, ...inTenant]);
  return [
    '# Who may do what',
    'Generated by `npm run gen` from the policies (`libs/domain/*/src/*.policy.ts`), by asking them. What one may not see answers like what does ' +
      'not exist (`…not_found`); what one may see and not do is `permission.denied`, or `scope.missing` for a server key.',
    '## In a conversation',
    'By the role of the participant. A server key that acts for a user may do what that user may; one that acts for nobody is the last column. ' +
      'Moderators and admins of the tenant also delete messages, read what deleted ones said, and ban, in the conversations in which they take part.',
    table(standings, inConversation, (standing, check) => check(standing)),
    '## In the tenant',
    'By the role of the user; server keys with all scopes and without any.',
    table([...userRoles, 'key with all scopes', 'key without'], inTenant, (_, check, index) =>
      passes(() => check(actors[index])),
    ),
  ].join('\n\n');
}

function assertComplete(policies, rows) {
  const covered = new Set([...rows.map(([, name]) => name), ...withoutRole]);
  const missing = Object.values(policies)
    .flatMap((policy) => Object.keys(policy))
    .filter((name) => !covered.has(name));
  if (missing.length > 0) throw new Error(`tools/permissions-docs.mjs has no row for ${missing.join(', ')}`);
}

function table(columns, rows, answer) {
  const lines = rows.map(([what, name, check]) => {
    const cells = columns.map((column, index) => (answer(column, check, index) ? 'yes' : '–'));
    return `| ${what} | ${cells.join(' | ')} | \`${name}\` |`;
  });
  const head = `| what | ${columns.join(' | ')} | policy |`;
  return [head, `| --- |${' --- |'.repeat(columns.length + 1)}`, ...lines].join('\n');
}

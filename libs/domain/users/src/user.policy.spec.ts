import {
  keyScopes,
  type AppError,
  type ErrorCode,
  type KeyScope,
  type UserRole,
} from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import {
  assertMayBanUser,
  assertMayChangeUser,
  assertMayIssueTokens,
  assertMayManageUsers,
  assertMayModerate,
  assertMaySeeUsers,
  seesEverybody,
} from './user.policy';

const tenantId = '019a0000-0000-7000-8000-000000000001';
const user = (role: UserRole): Actor => ({
  kind: 'user',
  tenantId,
  userId: 'ada',
  role,
  issuedAt: 0,
  expiresAt: 0,
  keyId: 'key',
  invisible: false,
});
const server = (scopes: readonly KeyScope[], userId: string | null = null): Actor => ({
  kind: 'server',
  tenantId,
  keyId: 'key',
  scopes,
  userId,
});

const actors = {
  member: user('member'),
  moderator: user('moderator'),
  admin: user('admin'),
  'key with every scope': server(keyScopes),
  'key without users and tokens': server(['messages']),
  'key without users, for ada': server(['messages'], 'ada'),
};
type ActorName = keyof typeof actors;

const rules: Record<
  string,
  { assert: (actor: Actor) => void; answers: Record<ActorName, ErrorCode | 'yes'> }
> = {
  'see users': {
    assert: assertMaySeeUsers,
    answers: {
      member: 'yes',
      moderator: 'yes',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'yes',
    },
  },
  'manage users': {
    assert: assertMayManageUsers,
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'change ada': {
    assert: (actor) => assertMayChangeUser(actor, 'ada'),
    answers: {
      member: 'yes',
      moderator: 'yes',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'change grace': {
    assert: (actor) => assertMayChangeUser(actor, 'grace'),
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  moderate: {
    assert: assertMayModerate,
    answers: {
      member: 'permission.denied',
      moderator: 'yes',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'ban ada': {
    assert: (actor) => assertMayBanUser(actor, { userId: 'ada', role: 'member' }),
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'permission.denied',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'ban a member': {
    assert: (actor) => assertMayBanUser(actor, { userId: 'grace', role: 'member' }),
    answers: {
      member: 'permission.denied',
      moderator: 'yes',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'ban a moderator': {
    assert: (actor) => assertMayBanUser(actor, { userId: 'grace', role: 'moderator' }),
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'yes',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'ban an admin': {
    assert: (actor) => assertMayBanUser(actor, { userId: 'grace', role: 'admin' }),
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'permission.denied',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
  'issue tokens': {
    assert: assertMayIssueTokens,
    answers: {
      member: 'permission.denied',
      moderator: 'permission.denied',
      admin: 'permission.denied',
      'key with every scope': 'yes',
      'key without users and tokens': 'scope.missing',
      'key without users, for ada': 'scope.missing',
    },
  },
};

const cases = Object.entries(rules).flatMap(([action, { assert, answers }]) =>
  (Object.keys(answers) as ActorName[]).map((name) => ({ action, name, assert, answer: answers[name] })),
);

describe('user policy', () => {
  it('S12: who finds whom in a directory that is shared', () => {
    const found = Object.entries(actors).filter(([, actor]) => seesEverybody(actor, 'shared'));
    expect(found.map(([name]) => name)).toEqual([
      'moderator',
      'admin',
      'key with every scope',
      'key without users and tokens',
    ]);
    expect(Object.values(actors).every((actor) => seesEverybody(actor, 'everyone'))).toBe(true);
  });

  it.each(cases)('S12: may a $name $action? $answer', ({ name, assert, answer }) => {
    let given: string = 'yes';
    try {
      assert(actors[name]);
    } catch (error) {
      given = (error as AppError).code;
    }
    expect(given).toBe(answer);
  });
});

import type { ConversationView, TokenView } from '@parley/contracts/wire';
import { rest } from './rest.ts';
import type { Settings } from './settings.ts';

export const transports = ['socket.io', 'ws'] as const;
export type Transport = (typeof transports)[number];

export interface Member {
  userId: string;
  token: string;
  transport: Transport;
  /** The conversation with the neighbour. */
  pair: string;
}

export interface Circle {
  group: string;
  members: Member[];
}

/** What the setup hands to every virtual user, as JSON. */
export interface World {
  /** In every message of this run, to tell them from those of another one. */
  run: string;
  profile: Settings['profile'];
  baseUrl: string;
  circles: Circle[];
}

/** Makes the users and their conversations, or finds those of an earlier run. @throws when the service refuses */
export function prepareWorld({ baseUrl, serverKey, profile }: Settings): World {
  const indices = (count: number) => Array.from({ length: count }, (_, index) => index);
  const call = <T>(path: string, body: unknown) =>
    rest<T>(baseUrl, { method: 'POST', path, token: serverKey, body, name: path });
  const converse = (kind: 'direct' | 'group', name: string, userIds: string[]) =>
    call<ConversationView>('/conversations', {
      kind,
      ...(kind === 'group' ? { title: `Load test ${name}` } : {}),
      subject: { type: 'load-test', id: name },
      distinct: true,
      participants: userIds.map((userId) => ({ userId })),
    }).id;

  const makeCircle = (circle: number): Circle => {
    const userIds = indices(profile.usersPerCircle).map((user) => `load-test-${circle + 1}-${user + 1}`);
    const tokens = userIds.map((userId) => call<TokenView>('/tokens', { userId, name: userId }).token);
    const pairs = indices(userIds.length / 2).map((pair) =>
      converse('direct', `${circle + 1}-${pair + 1}`, userIds.slice(pair * 2, pair * 2 + 2)),
    );
    const members = userIds.map((userId, user): Member => ({
      userId,
      token: tokens[user] ?? '',
      // Both ends of a pair speak different ones, so that each is judged by what the other sent.
      transport: transports[user % transports.length] ?? 'ws',
      pair: pairs[Math.floor(user / 2)] ?? '',
    }));
    return { group: converse('group', `${circle + 1}-${userIds.length}`, userIds), members };
  };

  const run = Date.now().toString(36);
  return { run, profile, baseUrl, circles: indices(profile.circles).map(makeCircle) };
}

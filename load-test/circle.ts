import { check } from 'k6';
import exec from 'k6/execution';
import type { MessagePage } from '@parley/contracts/wire';
import { holdsWithin, now, sleepUntil } from './clock.ts';
import type { Place } from './ledger.ts';
import { metrics } from './metrics.ts';
import { sendsPerUser } from './profiles.ts';
import { rest } from './rest.ts';
import { User } from './user.ts';
import type { Circle, World } from './world.ts';

const settleLimitMs = 5_000;
/** Nothing may come any more for this long: what is doubled at the very end is found, too. */
const quietMs = 500;
const pageItems = 200;

/** One virtual user: all participants of some conversations, so that it sees everything that happens in them. */
export async function runCircle(world: World): Promise<void> {
  const circle = world.circles[exec.scenario.iterationInTest];
  if (circle === undefined) throw new Error('The setup made no circle for this virtual user.');
  const users = circle.members.map((member) => new User(member, world));
  try {
    const listening = await Promise.all(users.map((user) => user.listen(conversationsOf(user, circle))));
    const allListen = listening.every(Boolean);
    check(allListen, { 'every user is connected, ready and knows its conversations': (all) => all });
    if (!allListen) return;
    await Promise.all(users.map((user, index) => talk(user, circle, world, index / users.length)));
    await compare(users, circle, world);
  } finally {
    for (const user of users) user.close();
  }
}

function conversationsOf({ member }: User, circle: Circle): string[] {
  return [member.pair, circle.group];
}

/** An open schedule: each message is sent at its time, whether the one before is acknowledged or not. */
async function talk(user: User, circle: Circle, { profile }: World, phase: number): Promise<void> {
  const intervalMs = 60_000 / profile.messagesPerMinute;
  const startedAt = now();
  const sends: Promise<void>[] = [];
  for (let turn = 0; turn < sendsPerUser(profile); turn += 1) {
    const due = startedAt + (turn + phase) * intervalMs;
    await sleepUntil(due);
    sends.push(user.send(turn % 2 === 0 ? user.member.pair : circle.group, due));
  }
  await Promise.all(sends);
}

/** Waits until everything is quiet and compares what every receiver got with what the service keeps. */
async function compare(users: readonly User[], circle: Circle, { baseUrl }: World): Promise<void> {
  // Reading the history blocks this virtual user: what arrived meanwhile would look late.
  await holdsWithin(settleLimitMs, () => users.every(({ heardAt }) => now() - heardAt >= quietMs));
  const kept = users.flatMap((user) =>
    conversationsOf(user, circle).map((conversationId) => ({
      user,
      conversationId,
      history: historyOf(baseUrl, user, conversationId),
    })),
  );
  await holdsWithin(settleLimitMs, () =>
    kept.every(({ user, conversationId, history }) => user.hasAll(conversationId, history)),
  );
  for (const { user, conversationId, history } of kept) user.compare(conversationId, history);
  metrics.receiversCompared.add(users.length);
}

function historyOf(baseUrl: string, user: User, conversationId: string): Place[] {
  const places: Place[] = [];
  let after: number | null = user.baseOf(conversationId);
  while (after !== null) {
    const page: MessagePage = rest<MessagePage>(baseUrl, {
      method: 'GET',
      path: `/conversations/${conversationId}/messages?after=${after}&limit=${pageItems}`,
      token: user.member.token,
      name: '/conversations/:id/messages',
    });
    places.push(...page.data.map(({ seq, id }) => ({ seq, id })));
    after = page.page.after;
  }
  return places;
}

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ConversationView, Page, PresenceView, TypingUpdatedData } from '@parley/contracts/wire';
import { PresenceStore } from '@parley/platform/realtime';
import { testDatabase, testRedis, waitFor, type TestDatabase } from '@parley/testing';
import { RunningApi, type TestTenant } from '../apps/api/test/running-api';
import { RunningGateways } from '../apps/gateway/test/running-gateways';
import type { TestSocket } from '../apps/gateway/test/test-socket';

/** Long enough for what must not come: presence is gathered for a second. */
const silenceMs = 1_300;

const typists = (socket: TestSocket, conversationId: string): string[] =>
  (socket.named('typing.updated') as TypingUpdatedData[])
    .filter((each) => each.conversationId === conversationId && each.typing)
    .map(({ userId }) => userId);

const statuses = (socket: TestSocket, userId: string): string[] =>
  (socket.named('presence.updated') as PresenceView[])
    .filter((each) => each.userId === userId)
    .map(({ status }) => status);

async function watch(socket: TestSocket, userId: string): Promise<PresenceView | undefined> {
  const ack = await socket.ask('presence.watch', { userIds: [userId] });
  return (ack as unknown as { data: { presence: PresenceView[] } }).data.presence[0];
}

// What neither bus nor api do at once the tail does within 5 s; typing and presence then stay in one gateway.
describe.each([
  { redis: 'up', other: 1, heldWithinMs: 2_000 },
  { redis: 'not there', other: 0, heldWithinMs: 5_000 },
])('a block, with Redis $redis', ({ redis, other, heldWithinMs }) => {
  let database: TestDatabase;
  let api: RunningApi;
  let gateways: RunningGateways;
  let tenant: TestTenant;
  let tokens: Record<'ada' | 'grace' | 'linus', string>;

  beforeAll(async () => {
    database = await testDatabase();
    const { url, prefix } = await testRedis();
    const environment = {
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      REDIS_URL: redis === 'up' ? url : '',
      REDIS_CHANNEL_PREFIX: prefix,
      SECRETS_KEY: randomBytes(32).toString('base64'),
    };
    api = await RunningApi.start(environment);
    gateways = await RunningGateways.start(2, environment);
    if (redis === 'up')
      for (const { app } of gateways.gateways)
        await waitFor(() => app.get(PresenceStore, { strict: false }).isReady);
  });
  afterAll(async () => {
    await gateways.stop();
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    tenant = await api.tenant();
    const [ada, grace, linus] = [
      await api.token(tenant, 'ada'),
      await api.token(tenant, 'grace'),
      await api.token(tenant, 'linus'),
    ];
    tokens = { ada, grace, linus };
  });

  async function connect(userId: keyof typeof tokens, gateway: number): Promise<TestSocket> {
    const socket = gateways.open({ token: tokens[userId] }, gateway);
    await socket.ready();
    return socket;
  }
  async function conversation(kind: 'direct' | 'group', ...others: string[]): Promise<string> {
    const participants = others.map((userId) => ({ userId }));
    const body = { kind, participants };
    const answer = await api.call<ConversationView>('POST', '/v1/conversations', { token: tokens.ada, body });
    expect(answer.status).toBe(201);
    return answer.body.id;
  }
  const block = () =>
    api.call('POST', '/v1/blocks', { token: tokens.ada, body: { userId: 'grace' } }).then(({ status }) => {
      expect(status).toBe(200);
    });
  const unblock = () =>
    api.call('DELETE', '/v1/blocks/grace', { token: tokens.ada }).then(({ status }) => {
      expect(status).toBe(204);
    });
  async function overRest(viewer: keyof typeof tokens, userId: string): Promise<PresenceView | undefined> {
    const path = `/v1/presence?userId=${userId}`;
    return (await api.call<Page<PresenceView>>('GET', path, { token: tokens[viewer] })).body.data[0];
  }

  it('takes the two from each other’s sight, tells the blocked one nothing, and its end brings them back', async () => {
    const direct = await conversation('direct', 'grace');
    const ada = await connect('ada', 0);
    const laptop = await connect('ada', other);
    const grace = await connect('grace', other);
    for (const socket of [ada, laptop, grace])
      await socket.ask('conversation.open', { conversationId: direct });
    await waitFor(async () => (await watch(ada, 'grace'))?.status === 'online', { timeoutMs: 3_000 });
    await waitFor(async () => (await watch(grace, 'ada'))?.status === 'online', { timeoutMs: 3_000 });
    await grace.ask('typing.start', { conversationId: direct });
    await waitFor(() => typists(ada, direct).length === 1);
    const before = grace.events.length;

    await block();
    const held = { timeoutMs: heldWithinMs };
    await waitFor(() => statuses(ada, 'grace').at(-1) === 'offline', held);
    await waitFor(() => statuses(grace, 'ada').at(-1) === 'offline', held);
    const absent = { status: 'offline', lastSeenAt: null };
    // That ada had come may have been on its way still: presence is gathered for a second.
    const arrival = {
      name: 'presence.updated',
      payload: { userId: 'ada', status: 'online', lastSeenAt: null },
    };
    const heard = grace.events.slice(before);
    expect(isDeepStrictEqual(heard[0], arrival) ? heard.slice(1) : heard).toEqual([
      { name: 'presence.updated', payload: { userId: 'ada', ...absent } },
    ]);
    // The bus alone brings it; who lost it lists its blocks after the next connect.
    if (redis === 'up')
      await waitFor(() => [ada, laptop].every((socket) => socket.named('block.updated').length === 1));

    // A device that comes now learns no more than those that were there.
    const phone = await connect('grace', 0);
    await phone.ask('conversation.open', { conversationId: direct });
    expect(await watch(phone, 'ada')).toMatchObject(absent);
    expect(await watch(ada, 'grace')).toMatchObject(absent);
    expect([await overRest('ada', 'grace'), await overRest('grace', 'ada')]).toMatchObject([absent, absent]);
    const counts = () => [ada, grace, phone].map((socket) => socket.named('presence.updated').length);
    const told = counts();
    const started = { ok: true, data: { expiresAfterMs: 3_000 } };
    expect(await ada.ask('typing.start', { conversationId: direct })).toEqual(started);
    await waitFor(() => typists(laptop, direct).at(-1) === 'ada');
    expect(await phone.ask('typing.start', { conversationId: direct })).toEqual(started);
    for (const status of ['away', 'online']) {
      for (const socket of [ada, laptop, grace, phone]) await socket.ask('presence.set', { status });
      await delay(silenceMs);
    }
    expect(counts()).toEqual(told);
    // Of grace's typing her own other device alone hears.
    expect([ada, grace, phone].map((socket) => typists(socket, direct))).toEqual([['grace'], ['grace'], []]);

    await unblock();
    await waitFor(() => statuses(ada, 'grace').at(-1) === 'online', held);
    await waitFor(() => statuses(grace, 'ada').at(-1) === 'online', held);
    expect(await overRest('ada', 'grace')).toMatchObject({ status: redis === 'up' ? 'online' : 'offline' });
    await waitFor(async () => (await grace.ask('typing.start', { conversationId: direct })).ok);
    await waitFor(() => typists(ada, direct).length === 2);
  }, 30_000);

  it('changes nothing in a group of theirs, and nothing for anybody else', async () => {
    const group = await conversation('group', 'grace', 'linus');
    await block();
    const [ada, grace, linus] = [
      await connect('ada', 0),
      await connect('grace', other),
      await connect('linus', 0),
    ];
    for (const socket of [ada, grace, linus])
      await socket.ask('conversation.open', { conversationId: group });
    expect(await grace.send(group, 'to all')).toMatchObject({ ok: true });
    await grace.ask('typing.start', { conversationId: group });
    await waitFor(() => [ada, linus].every((socket) => typists(socket, group).length === 1));
    await waitFor(async () => (await watch(linus, 'grace'))?.status === 'online');
    expect(await watch(ada, 'linus')).toMatchObject({ status: 'online' });
    expect(await watch(ada, 'grace')).toMatchObject({ status: 'offline' });
  });
});

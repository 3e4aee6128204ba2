import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { ConversationView, PresenceView, TypingUpdatedData } from '@parley/contracts/wire';
import { mintToken } from '@parley/platform/auth';
import { startSystem, waitFor, type System, type SystemProcess } from '@parley/testing';

const userCount = 1_000;
const usersPerRequest = 100;
/** What one socket may watch. */
const usersPerWatcher = 200;

interface EventFrame {
  id?: number;
  type?: string;
  ok?: boolean;
  data: unknown;
}

/** A device over `/ws` that keeps what it is sent. */
class Device {
  readonly frames: EventFrame[] = [];
  private readonly socket: WebSocket;
  private asked = 1;

  constructor(gatewayUrl: string, token: string) {
    this.socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/ws`);
    this.socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as EventFrame));
    this.socket.on('open', () => this.socket.send(JSON.stringify({ id: 1, type: 'auth', data: { token } })));
    this.socket.on('error', () => undefined);
  }

  get isReady(): boolean {
    return this.frames.some(({ type }) => type === 'ready');
  }

  events<T>(name: string): T[] {
    return this.frames.filter(({ type }) => type === name).map(({ data }) => data as T);
  }

  async ask(type: string, data: object): Promise<EventFrame> {
    const id = (this.asked += 1);
    this.socket.send(JSON.stringify({ id, type, data }));
    return waitFor(() => this.frames.find((frame) => frame.id === id), { message: type });
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Which process serves so many connections. */
async function serving(system: System, count: number): Promise<SystemProcess> {
  for (const process of system.processes) {
    const active = /^websocket_connections_active\S* (\d+)/m.exec(await process.metrics())?.[1];
    if (Number(active) >= count) return process;
  }
  throw new Error(`no gateway serves ${count} connections`);
}

describe('ghosts', () => {
  let system: System;
  const devices: Device[] = [];
  const secret = randomBytes(32).toString('base64url');

  beforeAll(async () => {
    system = await startSystem({
      environment: { JWT_SECRET: secret, SOCKETS_PER_ADDRESS: '5000' },
    });
  }, 120_000);
  afterAll(async () => {
    for (const device of devices) device.close();
    await system.stop();
  }, 60_000);

  async function connect(gateway: number, ...userIds: string[]): Promise<Device[]> {
    const key = { kid: 'pk_systemtest0000000000aa', secret, algorithm: 'HS256' as const };
    const opened = await Promise.all(
      userIds.map(async (userId) => {
        const claims = { userId, ttlSeconds: 3_600 };
        const tenant = { tenantId: system.tenantId, issuer: null, audience: null };
        const { token } = mintToken({ ...key, ...tenant }, claims);
        return new Device(system.gatewayUrls[gateway] ?? '', token);
      }),
    );
    devices.push(...opened);
    await waitFor(() => opened.every(({ isReady }) => isReady), { timeoutMs: 60_000, message: 'ready' });
    return opened;
  }

  it('I12: of a killed gateway nobody is there after 33 s, each with its last time, and nobody types after 3 s', async () => {
    const users = Array.from({ length: userCount }, (_, index) => `user-${index}`);
    const viewers = Array.from({ length: userCount / usersPerWatcher }, (_, index) => `viewer-${index}`);
    for (const userId of [...users.slice(0, 1), ...viewers])
      await system.rest('PUT', `/v1/users/${userId}`, {});
    const [owner = ''] = viewers;
    const body = { kind: 'group', participants: viewers.map((userId) => ({ userId, role: 'owner' })) };
    // Those who never connected are made by their first token.
    const ghosts = await connect(1, ...users);
    const token = (await system.rest<{ token: string }>('POST', '/v1/tokens', { userId: owner })).token;
    const participants = body.participants.slice(1);
    const conversation = await system.rest<ConversationView>(
      'POST',
      '/v1/conversations',
      { ...body, participants },
      token,
    );
    const path = `/v1/conversations/${conversation.id}/participants`;
    for (let from = 0; from < userCount; from += usersPerRequest) {
      const added = users.slice(from, from + usersPerRequest).map((userId) => ({ userId }));
      await system.rest('POST', path, { participants: added }, token);
    }
    const watchers = await connect(0, ...viewers);
    await Promise.all(
      watchers.map(async (watcher, index) => {
        const userIds = users.slice(index * usersPerWatcher, (index + 1) * usersPerWatcher);
        const answer = await watcher.ask('presence.watch', { userIds });
        const { presence } = answer.data as { presence: PresenceView[] };
        expect(presence.map(({ status }) => status)).toEqual(userIds.map(() => 'online'));
      }),
    );
    const [viewer] = watchers;
    await viewer?.ask('conversation.open', { conversationId: conversation.id });
    const typing = (): boolean[] =>
      viewer?.events<TypingUpdatedData>('typing.updated').map((data) => data.typing) ?? [];
    const process = await serving(system, userCount);
    await waitFor(
      async () => (await ghosts[0]?.ask('typing.start', { conversationId: conversation.id }))?.ok,
    );
    const typingSince = Date.now();
    await waitFor(() => typing().length === 1);

    process.kill('SIGKILL');
    const killedAt = Date.now();
    await waitFor(() => typing().at(-1) === false);
    expect(Date.now() - typingSince).toBeLessThan(3_500);

    const gone = (): PresenceView[] =>
      watchers
        .flatMap((watcher) => watcher.events<PresenceView>('presence.updated'))
        .filter(({ status }) => status === 'offline');
    await waitFor(() => new Set(gone().map(({ userId }) => userId)).size === userCount, {
      timeoutMs: 33_000 - (Date.now() - killedAt),
      message: 'everybody to be gone',
    });
    // A gateway says every 10 s who is there.
    const isRight = (at: string | null): boolean =>
      at !== null && Date.parse(at) <= killedAt + 500 && Date.parse(at) >= killedAt - 12_000;
    expect(gone().filter(({ lastSeenAt }) => !isRight(lastSeenAt))).toEqual([]);
    const query = users.slice(-usersPerWatcher).map((userId) => `userId=${userId}`);
    await waitFor(async () => {
      const kept = await system.rest<{ data: PresenceView[] }>(
        'GET',
        `/v1/presence?${query.join('&')}`,
        undefined,
        token,
      );
      return kept.data.length === usersPerWatcher && kept.data.every(({ lastSeenAt }) => isRight(lastSeenAt));
    });
  }, 180_000);
});

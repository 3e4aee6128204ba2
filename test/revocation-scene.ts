import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationView, CreatedKeyView, MessageView, SendResult } from '@parley/contracts/wire';
import { mintToken } from '@parley/platform/auth';
import { waitFor } from '@parley/testing';
import type { RunningApi, TestTenant } from '../apps/api/test/running-api';
import { PlainLine } from '../apps/gateway/test/plain-line';
import type { RunningGateways } from '../apps/gateway/test/running-gateways';
import type { AnyAck, TestSocket } from '../apps/gateway/test/test-socket';
import type { Outcome, Revocation } from './revocation-table';

interface Stage {
  api: RunningApi;
  gateways: RunningGateways;
  keys: { operator: string };
  tenant: TestTenant;
  kind: 'direct' | 'group';
  /** Where the subject is connected. */
  gateway: number;
  /** Of the subject's token. */
  expiresAfterSeconds: number;
}

/** All that one hears of another. */
const everything = [
  'message.created',
  'message.updated',
  'reaction.added',
  'typing.updated',
  'presence.updated',
] as const;
const roundMs = 700;
/** It goes on for so long after the time that is given. */
const afterMs = 3_500;

/** Ann, who goes on; bob, who is to be shut out, by two connections to one gateway; in a group also cyd, beside bob. */
export class Scene {
  keyId = '';
  conversationId = '';
  expiresAt = 0;
  private ann: TestSocket[] = [];
  private bob: [TestSocket, PlainLine] | undefined;
  private cyd: TestSocket | undefined;
  private readonly tokens = new Map<string, string>();
  private going = true;

  private constructor(private readonly stage: Stage) {}

  static async set(stage: Stage): Promise<Scene> {
    const scene = new Scene(stage);
    await scene.prepare();
    return scene;
  }

  get tenant(): TestTenant {
    return this.stage.tenant;
  }

  asServer(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.act(this.tenant.serverKey, method, path, body);
  }

  asOperator(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.act(this.stage.keys.operator, method, path, body);
  }

  as(userId: string, method: string, path: string, body?: unknown): Promise<unknown> {
    return this.act(this.tokens.get(userId), method, path, body);
  }

  async sendsOverRest(userId: string): Promise<string> {
    const path = `/v1/conversations/${this.conversationId}/messages`;
    const body = { clientMessageId: `rest-${Math.random()}`, text: 'let me in' };
    return this.codeOf('POST', path, this.tokens.get(userId), body);
  }

  /** What the table is worth nothing without: until it is shut out, all of it reaches the subject. */
  async everythingArrives(): Promise<void> {
    const [socket, line] = this.subject;
    const misses = (): string[] =>
      everything.filter(
        (name) => socket.named(name).length === 0 || !line.received.some(({ type }) => type === name),
      );
    for (let round = 0; misses().length > 0; round += 1) {
      if (round === 20) throw new Error(`never saw ${misses().join()}`);
      await this.round(round);
      await delay(roundMs);
    }
  }

  async shutOut(revocation: Revocation, withinMs: number): Promise<Outcome> {
    const traffic = this.goOn();
    await revocation.act(this);
    await delay(withinMs);
    const [socket, line] = this.subject;
    const [heardOfSocket, heardOfLine] = [socket.events.length, line.received.length];
    const heardByControl = this.cyd?.events.length ?? 0;
    const overRest = await this.refusal(revocation);
    await delay(afterMs);
    const late: Outcome['late'] = [
      socket.events.slice(heardOfSocket).map(({ name }) => name),
      line.received.slice(heardOfLine).map(({ type }) => type ?? 'answer'),
    ];
    this.going = false;
    await traffic;
    return {
      late,
      lastEvents: [
        socket.timeline(this.conversationId).at(-1)?.type,
        line.received.filter(({ data }) => data?.seq !== undefined).at(-1)?.type,
      ],
      closeCodes: [socket.closeCode, line.closeCode],
      overRest,
      reconnect: await this.reconnect(),
      control: this.cyd === undefined ? null : this.cyd.events.slice(heardByControl).map(({ name }) => name),
    };
  }

  end(): void {
    this.going = false;
    this.bob?.[1].socket.terminate();
  }

  private get subject(): [TestSocket, PlainLine] {
    if (this.bob === undefined) throw new TypeError('there is no subject yet');
    return this.bob;
  }

  private async prepare(): Promise<void> {
    const { api, gateways, tenant, gateway, kind, expiresAfterSeconds } = this.stage;
    const others = kind === 'direct' ? ['bob'] : ['bob', 'cyd'];
    for (const userId of ['ann', ...others]) this.tokens.set(userId, await api.token(tenant, userId));
    const participants = others.map((userId) => ({ userId }));
    const { body } = await api.call<ConversationView>('POST', '/v1/conversations', {
      token: this.tokens.get('ann'),
      body: { kind, participants },
    });
    this.conversationId = body.id;
    const token = await this.signed('bob', expiresAfterSeconds);
    this.tokens.set('bob', token);
    this.ann = [await this.connect('ann', 0), await this.connect('ann', 1)];
    if (kind === 'group') this.cyd = await this.connect('cyd', gateway);
    const line = await PlainLine.authenticated(gateways.url(gateway), token);
    this.bob = [await this.connect('bob', gateway), line];
    await this.watchesAnn(this.bob[0]);
    const { conversationId } = this;
    line.say({ id: 'open', type: 'conversation.open', data: { conversationId } });
    line.say({ id: 'watch', type: 'presence.watch', data: { userIds: ['ann'] } });
  }

  /** By a key of the subject's own. */
  private async signed(userId: string, ttlSeconds: number): Promise<string> {
    const body = { kind: 'signing', name: 'host' };
    const { body: key } = await this.stage.api.call<CreatedKeyView>('POST', '/v1/admin/keys', {
      token: this.tenant.serverKey,
      body,
    });
    this.keyId = key.id;
    const { kid = '', secret = '' } = key;
    const signing = { tenantId: this.tenant.id, kid, secret, algorithm: 'HS256' as const };
    const { token, expiresAt } = mintToken(
      { ...signing, issuer: null, audience: null },
      { userId, ttlSeconds },
    );
    this.expiresAt = new Date(expiresAt).getTime();
    return token;
  }

  private async connect(userId: string, gateway: number): Promise<TestSocket> {
    const socket = this.stage.gateways.open({ token: this.tokens.get(userId) }, gateway);
    await socket.ready();
    return socket;
  }

  private async watchesAnn(socket: TestSocket): Promise<void> {
    await socket.ask('conversation.open', { conversationId: this.conversationId });
    await socket.ask('presence.watch', { userIds: ['ann'] });
  }

  private async goOn(): Promise<void> {
    for (let round = 0; this.going; round += 1) {
      await this.round(round);
      await delay(roundMs);
    }
  }

  /** Ann writes, edits, reacts, types, goes and comes, by this gateway and by the other. What is refused is left. */
  private async round(round: number): Promise<void> {
    const { conversationId } = this;
    const [writes, types] = round % 2 === 0 ? this.ann : [...this.ann].reverse();
    const ask = (socket: TestSocket | undefined, name: string, data: object): Promise<AnyAck | undefined> =>
      (socket?.socket.connected === true ? socket.ask(name, data) : Promise.resolve(undefined)).catch(
        () => undefined,
      );
    const sent = await ask(writes, 'message.send', {
      conversationId,
      clientMessageId: `round-${Math.random()}`,
      text: 'hello',
    });
    if (sent?.ok === true) {
      const { id: messageId } = (sent.data as unknown as SendResult).message satisfies MessageView;
      await ask(writes, 'message.edit', { conversationId, messageId, text: 'hello again' });
      await ask(writes, 'reaction.add', { conversationId, messageId, key: '👍' });
    }
    await ask(types, 'typing.start', { conversationId });
    const status = Math.floor(round / 2) % 2 === 0 ? 'away' : 'online';
    for (const device of this.ann) await ask(device, 'presence.set', { status });
  }

  private async refusal({ refusal, ask, leewayMs = 0 }: Revocation): Promise<string> {
    const path = `/v1/conversations/${this.conversationId}`;
    const once = (): Promise<string> =>
      ask === undefined ? this.codeOf('GET', path, this.tokens.get('bob')) : ask(this);
    let code = await once();
    for (const end = Date.now() + leewayMs; code !== refusal && Date.now() < end; code = await once())
      await delay(roundMs);
    return code;
  }

  private async reconnect(): Promise<string | undefined> {
    const again = this.stage.gateways.open({ token: this.tokens.get('bob') }, this.stage.gateway);
    await waitFor(() => again.refused ?? again.named('ready')[0], { message: 'an answer' });
    return again.refused?.code;
  }

  private async act(token: string | undefined, method: string, path: string, body?: unknown): Promise<void> {
    const { api } = this.stage;
    const answer = await api.call(method, path, { ...(token === undefined ? {} : { token }), body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
  }

  private async codeOf(
    method: string,
    path: string,
    token: string | undefined,
    body?: unknown,
  ): Promise<string> {
    const answer = await this.stage.api.call(method, path, {
      ...(token === undefined ? {} : { token }),
      body,
    });
    return answer.status < 300 ? 'ok' : answer.body.code;
  }
}

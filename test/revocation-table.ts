import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedRedis } from '@parley/platform/embedded';
import { PresenceStore } from '@parley/platform/realtime';
import { testDatabase, waitFor, type TestDatabase } from '@parley/testing';
import { OperatorKeys } from '@parley/domain/tenants';
import { RunningApi, type TestTenant } from '../apps/api/test/running-api';
import { RunningGateways } from '../apps/gateway/test/running-gateways';
import { Scene } from './revocation-scene';

/** How somebody is shut out, and what is left to it then. */
export interface Revocation {
  name: string;
  /** Whether the two talk in a direct conversation or in a group with a third one. */
  kind: 'direct' | 'group';
  /** Resolves with the ack. */
  act(scene: Scene): Promise<unknown>;
  /** By which its connections end; without one they stay. */
  closeCode?: number;
  /** The last that it hears of the conversation. */
  lastEvent?: string;
  /** What REST says from then on. */
  refusal: string;
  /** What is asked over REST, if not the conversation. */
  ask?(scene: Scene): Promise<string>;
  /** Of the subject's token, if not ten minutes. */
  expiresAfterSeconds?: number;
  /** How long after the ack REST may still answer: clocks may stand apart. */
  leewayMs?: number;
  /** Nobody is left to go on. */
  endsAll?: true;
}

export const revocations: readonly Revocation[] = [
  {
    name: 'removed from the conversation',
    kind: 'group',
    act: (scene) => scene.asServer('DELETE', `/v1/conversations/${scene.conversationId}/participants/bob`),
    lastEvent: 'participant.left',
    refusal: 'conversation.not_found',
  },
  {
    name: 'banned from the conversation',
    kind: 'group',
    act: (scene) =>
      scene.asServer('POST', `/v1/conversations/${scene.conversationId}/bans`, { userId: 'bob' }),
    lastEvent: 'participant.left',
    refusal: 'conversation.not_found',
  },
  {
    name: 'banned from the tenant',
    kind: 'group',
    act: (scene) => scene.asServer('POST', '/v1/admin/bans', { userId: 'bob' }),
    closeCode: 4505,
    refusal: 'user.banned',
  },
  {
    name: 'logged out everywhere',
    kind: 'group',
    act: (scene) => scene.asServer('DELETE', '/v1/users/bob/tokens'),
    closeCode: 4502,
    refusal: 'token.revoked',
  },
  {
    name: 'with a token of a revoked key',
    kind: 'group',
    act: (scene) => scene.asServer('DELETE', `/v1/admin/keys/${scene.keyId}`),
    closeCode: 4502,
    refusal: 'token.revoked',
  },
  {
    name: 'deactivated',
    kind: 'group',
    act: (scene) => scene.asServer('PUT', '/v1/users/bob', { deactivated: true }),
    closeCode: 4500,
    refusal: 'user.deactivated',
  },
  {
    name: 'of a suspended tenant',
    kind: 'group',
    act: (scene) =>
      scene.asOperator('PATCH', `/v1/operator/tenants/${scene.tenant.id}`, { status: 'suspended' }),
    closeCode: 4504,
    refusal: 'tenant.suspended',
    endsAll: true,
  },
  {
    name: 'with a token that expired',
    kind: 'group',
    expiresAfterSeconds: 20,
    act: (scene) => delay(scene.expiresAt - Date.now()),
    closeCode: 4501,
    refusal: 'token.expired',
    leewayMs: 11_000,
  },
  {
    name: 'blocked by the other',
    kind: 'direct',
    act: (scene) => scene.as('ann', 'POST', '/v1/blocks', { userId: 'bob' }),
    refusal: 'user.blocked',
    ask: (scene) => scene.sendsOverRest('bob'),
  },
  {
    name: 'blocking the other',
    kind: 'direct',
    act: (scene) => scene.as('bob', 'POST', '/v1/blocks', { userId: 'ann' }),
    refusal: 'user.blocked',
    ask: (scene) => scene.sendsOverRest('bob'),
  },
];

/** What became of one who was shut out. */
export interface Outcome {
  /** What came to its sockets later than it may, over Socket.IO and over `/ws`. */
  late: [string[], string[]];
  lastEvents: (string | undefined)[];
  closeCodes: (number | undefined)[];
  overRest: string;
  /** By the same token once more; undefined where it may come in. */
  reconnect: string | undefined;
  /** What reached a third one meanwhile; null where there is none. */
  control: string[] | null;
}

/** A Redis of its own, an api and two gateways, in this process. */
export class RevocationTable {
  private constructor(
    private readonly database: TestDatabase,
    private readonly redis: EmbeddedRedis,
    private readonly folder: string,
    readonly api: RunningApi,
    readonly gateways: RunningGateways,
    private readonly operatorKey: string,
  ) {}

  static async start(): Promise<RevocationTable> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-revocations-'));
    const [database, redis] = [
      await testDatabase(),
      await EmbeddedRedis.start({ dataDir: folder, persist: false }),
    ];
    const environment = {
      DATABASE_URL: database.appUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      REDIS_URL: redis.url,
      SECRETS_KEY: randomBytes(32).toString('base64'),
    };
    const api = await RunningApi.start(environment);
    const gateways = await RunningGateways.start(2, environment);
    const { secret } = await api.app.get(OperatorKeys, { strict: false }).create('table');
    const table = new RevocationTable(database, redis, folder, api, gateways, secret);
    await waitFor(() => table.redisIsHeard.every(Boolean), { message: 'Redis' });
    return table;
  }

  /** Everybody of the table comes in, sees the others live, and is then shut out at the same time. */
  async run({ redis, withinMs }: { redis: 'up' | 'down'; withinMs: number }): Promise<Map<string, Outcome>> {
    const cells = await Promise.all(
      revocations.flatMap((revocation) =>
        [0, 1].map(async (gateway) => ({
          revocation,
          gateway,
          scene: await this.scene(revocation, gateway),
        })),
      ),
    );
    try {
      await Promise.all(cells.map(({ scene }) => scene.everythingArrives()));
      if (redis === 'down') {
        await this.redis.stop();
        await waitFor(() => !this.redisIsHeard.some(Boolean), { message: 'Redis to be missed' });
      }
      const outcomes = cells.map(
        async ({ revocation, gateway, scene }) =>
          [keyOf(revocation, gateway), await scene.shutOut(revocation, withinMs)] as const,
      );
      return new Map(await Promise.all(outcomes));
    } finally {
      for (const { scene } of cells) scene.end();
    }
  }

  async stop(): Promise<void> {
    await this.gateways.stop();
    await this.api.stop();
    await this.database.drop();
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async scene({ kind, expiresAfterSeconds = 600 }: Revocation, gateway: number): Promise<Scene> {
    const tenant: TestTenant = await this.api.tenant(randomUUID());
    const keys = { operator: this.operatorKey };
    return Scene.set({
      api: this.api,
      gateways: this.gateways,
      keys,
      tenant,
      kind,
      gateway,
      expiresAfterSeconds,
    });
  }

  private get redisIsHeard(): boolean[] {
    return this.gateways.gateways.map(({ app }) => app.get(PresenceStore, { strict: false }).isReady);
  }
}

export function keyOf({ name }: Pick<Revocation, 'name'>, gateway: number): string {
  return `${name}, on gateway ${gateway}`;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { pin } from '@parley/testing/load';
import type { FloorOptions } from '../../floors/main';
import { collectsOnSignal } from '../measure/collecting';
import type { Servers } from './servers';
import type { MadeWorld, Subject, World } from './subject.types';

const root = join(__dirname, '../../..');
const startTimeoutMs = 20_000;

export interface FloorKind {
  transport: FloorOptions['transport'];
  store: FloorOptions['store'];
  /** Emits through the Redis adapter. */
  adapter: boolean;
}

/** One of the small servers in bench/floors, as a process of its own. */
export class Floor implements Subject {
  readonly dialect;
  readonly keepsOrder;
  port = 0;
  private child: ChildProcess | undefined;

  private constructor(
    readonly name: string,
    private readonly kind: FloorKind,
    private readonly servers: Servers,
  ) {
    this.dialect = kind.transport;
    // Each message of the tutorial build waits for an INSERT of its own, on whatever connection is free.
    this.keepsOrder = kind.store !== 'insert';
  }

  static async start(name: string, kind: FloorKind, servers: Servers): Promise<Floor> {
    const floor = new Floor(name, kind, servers);
    await floor.start();
    return floor;
  }

  get processes(): Record<string, number> {
    const { postgresPid, redisPid } = this.servers;
    return {
      server: this.child?.pid ?? 0,
      ...(this.kind.store === 'memory' ? {} : { postgres: postgresPid }),
      ...(this.kind.adapter ? { redis: redisPid } : {}),
    };
  }

  async make({ conversations }: World): Promise<MadeWorld> {
    const conversationIds = conversations.map(() => randomUUID());
    const rooms = new Map<number, string[]>();
    for (const [place, members] of conversations.entries()) {
      for (const user of members) rooms.set(user, [...(rooms.get(user) ?? []), conversationIds[place] ?? '']);
    }
    return {
      conversationIds,
      auth: (user) => JSON.stringify({ user: `user-${user}`, rooms: rooms.get(user) ?? [] }),
    };
  }

  async restartFront(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  private async start(): Promise<void> {
    const { transport, store, adapter } = this.kind;
    const { floorDatabaseUrl: databaseUrl, redisUrl, serverCore } = this.servers;
    const options: FloorOptions = { transport, store, databaseUrl, ...(adapter ? { redisUrl } : {}) };
    const starter = join(root, 'tools', 'run-typescript.mjs');
    const program = [starter, 'bench/floors/main.ts', JSON.stringify(options)];
    const child = spawn(process.execPath, [...collectsOnSignal, ...program], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child = child;
    if (child.pid !== undefined && serverCore !== undefined) pin([child.pid], serverCore);
    const signal = AbortSignal.timeout(startTimeoutMs);
    const [message] = (await once(child, 'message', { signal })) as [{ port: number }];
    this.port = message.port;
  }
}

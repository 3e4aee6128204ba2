import { setTimeout as delay } from 'node:timers/promises';
import { signalTree } from '@parley/testing';
import type { Installation } from '../system/installation';
import type { ProductProcess } from '../system/product-process';
import type { TcpProxy } from '../system/tcp-proxy';
import type { FaultKind } from './schedule';

/** How one fault is done. */
export interface Act {
  target: string;
  /** Breaks it; resolves when it is broken. */
  begin: () => Promise<void> | void;
  /** Makes it whole again; resolves when it is. */
  heal: () => Promise<void> | void;
}

export type Acts = Record<FaultKind, (target: number) => Act>;

const nothing = (): void => undefined;

/** What can be done to an installation and to the ways to it. */
export function actsOn(installation: Installation, proxies: readonly TcpProxy[]): Acts {
  return { ...processActs(installation), ...connectionActs(proxies), ...storeActs(installation) };
}

function processActs(installation: Installation) {
  const gateway = (target: number): [ProductProcess, string] => {
    const { gateways } = installation;
    return [pick(gateways, target), `gateway ${target % gateways.length}`];
  };
  return {
    'gateway-kill': (target: number): Act => killing(...gateway(target)),
    'gateway-term': (target: number): Act => {
      const [process, name] = gateway(target);
      return { target: name, begin: () => process.stop(), heal: () => process.startAgain() };
    },
    'gateway-stop': (target: number): Act => stopping(...gateway(target)),
    'api-kill': (): Act => killing(installation.api, 'api'),
    'api-stop': (): Act => stopping(installation.api, 'api'),
    'worker-kill': (): Act => killing(installation.worker, 'worker'),
    'worker-stop': (): Act => stopping(installation.worker, 'worker'),
  };
}

function connectionActs(proxies: readonly TcpProxy[]) {
  const name = (target: number): string => `group ${target % proxies.length}`;
  return {
    'connections-cut': (): Act => ({
      target: 'all clients',
      begin: () => {
        for (const proxy of proxies) proxy.cut();
      },
      heal: nothing,
    }),
    'connections-pause': (target: number): Act => {
      const proxy = pick(proxies, target);
      return { target: name(target), begin: () => proxy.pause(), heal: () => proxy.resume() };
    },
    'connections-delay': (target: number): Act => {
      const proxy = pick(proxies, target);
      return {
        target: name(target),
        begin: () => proxy.delay(200 + (target % 400)),
        heal: () => proxy.delay(0),
      };
    },
    'connections-half-open': (target: number): Act => {
      const proxy = pick(proxies, target);
      return { target: name(target), begin: () => proxy.halfOpen(), heal: () => proxy.cut() };
    },
  };
}

function storeActs(installation: Installation) {
  return {
    'redis-flush': (): Act => ({ target: 'redis', begin: () => installation.flushRedis(), heal: nothing }),
    'redis-restart': (): Act => ({
      target: 'redis',
      begin: () => installation.stopRedis(),
      heal: () => installation.startRedis(),
    }),
    'redis-stop': (): Act => ({
      target: 'redis',
      begin: () => signal(installation.redisPid, 'SIGSTOP'),
      heal: () => signal(installation.redisPid, 'SIGCONT'),
    }),
    'postgres-restart': (): Act => ({
      target: 'postgres',
      begin: () => installation.stopPostgres(),
      heal: () => installation.startPostgres(),
    }),
    'postgres-terminate': (): Act => ({
      target: 'all sessions',
      begin: () => terminateSessions(installation),
      heal: nothing,
    }),
    'postgres-stop': (): Act => ({
      target: 'postgres',
      begin: () => signalTree(installation.postgresPid, 'SIGSTOP'),
      heal: () => signalTree(installation.postgresPid, 'SIGCONT'),
    }),
    'postgres-crash': (target: number): Act => ({
      target: 'a session',
      begin: () => crashPostgres(installation, target),
      heal: () => postgresAnswers(installation),
    }),
  };
}

function killing(process: ProductProcess, target: string): Act {
  return { target, begin: () => process.kill(), heal: () => process.startAgain() };
}

function stopping(process: ProductProcess, target: string): Act {
  return { target, begin: () => process.signal('SIGSTOP'), heal: () => process.signal('SIGCONT') };
}

async function terminateSessions(installation: Installation): Promise<void> {
  await installation.asAdmin((client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('parley_app', 'parley_system')`,
    ),
  );
}

/** A session that dies hard takes PostgreSQL through its crash recovery. */
async function crashPostgres(installation: Installation, target: number): Promise<void> {
  const pids = await installation.asAdmin(async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE usename = 'parley_app' ORDER BY pid`,
    );
    return rows.map(({ pid }) => pid);
  });
  if (pids.length > 0) signal(pick(pids, target), 'SIGKILL');
}

async function postgresAnswers(installation: Installation): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await installation.asAdmin((client) => client.query('SELECT 1')).catch(() => undefined);
    if (answer !== undefined) return;
    await delay(100);
  }
  throw new Error('PostgreSQL did not come back from a crash within 30 s');
}

function signal(pid: number, name: NodeJS.Signals): void {
  process.kill(pid, name);
}

function pick<T>(items: readonly T[], target: number): T {
  const item = items[target % items.length];
  if (item === undefined) throw new RangeError('there is nothing to break');
  return item;
}

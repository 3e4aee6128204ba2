import { Injectable } from '@nestjs/common';
import { Metrics } from '@parley/platform/telemetry';
import type { Connection } from './connection';
import type { Frame } from './frame';

const nobody: ReadonlySet<Connection> = new Set();

/** The connections of this gateway, by tenant and user. */
@Injectable()
export class Connections {
  private readonly all = new Set<Connection>();
  private readonly receiving = new Map<string, Map<string, Set<Connection>>>();

  private readonly whenReceiving: ((connection: Connection) => void)[] = [];
  private readonly whenRemoved: ((connection: Connection) => void)[] = [];

  private readonly slow;

  constructor(metrics: Metrics) {
    this.slow = metrics.counter({
      name: 'connections_slow_total',
      help: 'Connections that were closed because they did not read what they were sent.',
    });
    metrics.gauge({
      name: 'websocket_connections_active',
      help: 'Authenticated connections, over both transports.',
      collect: setSize(this.all),
    });
  }

  get size(): number {
    return this.all.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.all.values();
  }

  add(connection: Connection): void {
    this.all.add(connection);
  }

  /** From now on it gets what its user gets. */
  startReceiving(connection: Connection): void {
    const { tenantId, userId } = connection.actor;
    let users = this.receiving.get(tenantId);
    if (users === undefined) this.receiving.set(tenantId, (users = new Map<string, Set<Connection>>()));
    let connections = users.get(userId);
    if (connections === undefined) users.set(userId, (connections = new Set()));
    connections.add(connection);
    for (const listener of this.whenReceiving) listener(connection);
  }

  has(connection: Connection): boolean {
    return this.all.has(connection);
  }

  /** The connections of a user that get what it gets. */
  of(tenantId: string, userId: string): ReadonlySet<Connection> {
    return this.receiving.get(tenantId)?.get(userId) ?? nobody;
  }

  /** Calls back for each connection that is ready, from now on. */
  onReceiving(listener: (connection: Connection) => void): void {
    this.whenReceiving.push(listener);
  }

  /** Calls back for each connection that ended, from now on. */
  onRemoved(listener: (connection: Connection) => void): void {
    this.whenRemoved.push(listener);
  }

  remove(connection: Connection): void {
    if (!this.all.delete(connection)) return;
    if (connection.wasSlow) this.slow.inc();
    for (const listener of this.whenRemoved) listener(connection);
    const { tenantId, userId } = connection.actor;
    const users = this.receiving.get(tenantId);
    const connections = users?.get(userId);
    connections?.delete(connection);
    if (connections?.size === 0) users?.delete(userId);
    if (users?.size === 0) this.receiving.delete(tenantId);
  }

  /** Sends to all devices of a user that are on this gateway. */
  send(tenantId: string, userId: string, frame: Frame): void {
    for (const connection of this.of(tenantId, userId)) connection.send(frame);
  }

  /** The same for what many users get: see `Connection.sendCoalesced`. */
  sendCoalesced(tenantId: string, userId: string, frame: Frame): void {
    for (const connection of this.of(tenantId, userId)) connection.sendCoalesced(frame);
  }
}

function setSize(all: ReadonlySet<Connection>) {
  return function (this: { set(value: number): void }): void {
    this.set(all.size);
  };
}

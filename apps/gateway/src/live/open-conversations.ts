import { Injectable } from '@nestjs/common';
import { AppError, limits } from '@parley/contracts/wire';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';
import { LiveDelivery } from './live-delivery';

/** Which conversations are on whose screen, of the connections to this gateway. */
@Injectable()
export class OpenConversations {
  private readonly byConversation = new Map<string, Set<Connection>>();
  private readonly byConnection = new Map<Connection, Set<string>>();

  private readonly whenClosed: ((connection: Connection, conversationId: string) => void)[] = [];

  constructor(
    connections: Connections,
    private readonly live: LiveDelivery,
  ) {
    connections.onRemoved((connection) => this.closeAll(connection));
    live.onLeft((tenantId, conversationId, userId) => this.closeFor(tenantId, conversationId, userId));
  }

  /** Of a member; twice is as once. @throws AppError `conversation.open_limit_reached` */
  open(connection: Connection, conversationId: string): void {
    const own = this.byConnection.get(connection) ?? new Set();
    if (own.size >= limits.openConversationsPerSocket && !own.has(conversationId)) {
      throw new AppError('conversation.open_limit_reached');
    }
    this.byConnection.set(connection, own.add(conversationId));
    const key = keyOf(connection.actor.tenantId, conversationId);
    const viewers = this.byConversation.get(key) ?? new Set();
    this.byConversation.set(key, viewers.add(connection));
  }

  /** False: it was not open. */
  close(connection: Connection, conversationId: string): boolean {
    const own = this.byConnection.get(connection);
    if (own?.delete(conversationId) !== true) return false;
    if (own.size === 0) this.byConnection.delete(connection);
    const key = keyOf(connection.actor.tenantId, conversationId);
    const viewers = this.byConversation.get(key);
    viewers?.delete(connection);
    if (viewers?.size === 0) this.byConversation.delete(key);
    for (const listener of this.whenClosed) listener(connection, conversationId);
    return true;
  }

  /** Calls back for each that is no longer open, from now on. */
  onClosed(listener: (connection: Connection, conversationId: string) => void): void {
    this.whenClosed.push(listener);
  }

  has(connection: Connection, conversationId: string): boolean {
    return this.byConnection.get(connection)?.has(conversationId) ?? false;
  }

  /** Whether anybody here may have it open. */
  isOpen(tenantId: string, conversationId: string): boolean {
    return this.byConversation.has(keyOf(tenantId, conversationId));
  }

  /** The connections of members that have it open. */
  *viewers(tenantId: string, conversationId: string): Generator<Connection, void, void> {
    for (const connection of this.byConversation.get(keyOf(tenantId, conversationId)) ?? []) {
      // Who is not in the index is no member, or is being looked up anew.
      if (this.isMember(connection, conversationId)) yield connection;
    }
  }

  private isMember({ actor }: Connection, conversationId: string): boolean {
    return this.live.headFor(actor.tenantId, actor.userId, conversationId) !== undefined;
  }

  private closeAll(connection: Connection): void {
    for (const conversationId of [...(this.byConnection.get(connection) ?? [])]) {
      this.close(connection, conversationId);
    }
  }

  private closeFor(tenantId: string, conversationId: string, userId: string): void {
    for (const connection of [...(this.byConversation.get(keyOf(tenantId, conversationId)) ?? [])]) {
      // The membership that ended may be an older one.
      if (connection.actor.userId === userId && !this.isMember(connection, conversationId)) {
        this.close(connection, conversationId);
      }
    }
  }
}

// Both are ids of a fixed form.
function keyOf(tenantId: string, conversationId: string): string {
  return `${tenantId} ${conversationId}`;
}

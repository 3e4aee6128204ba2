import { Injectable } from '@nestjs/common';
import type { Tx } from '@parley/platform/database';
import type { ThreadStateRow } from './thread.functions';
import type { Root } from './thread.view';

/** What a user does in its threads, in the transaction that keeps the answer. */
@Injectable()
export class ThreadRepository {
  /** False: nothing changed. */
  async follow(tx: Tx, userId: string, { conversationId, seq }: Root, following: boolean): Promise<boolean> {
    const [row] = await tx.sql<{ changed: boolean }>`
      SELECT thread_follow_v1(${tx.tenantId}::uuid, ${userId}, ${conversationId}::uuid, ${seq}::bigint,
        ${following}::boolean) AS changed`;
    return row?.changed ?? false;
  }

  /** False: nothing changed. */
  async read(tx: Tx, userId: string, { conversationId, seq }: Root, upTo: number | null): Promise<boolean> {
    const [row] = await tx.sql<{ changed: boolean }>`
      SELECT thread_read_v1(${tx.tenantId}::uuid, ${userId}, ${conversationId}::uuid, ${seq}::bigint,
        ${upTo}::bigint) AS changed`;
    return row?.changed ?? false;
  }

  /** Undefined: nobody has replied or follows. */
  async state(tx: Tx, userId: string, { conversationId, seq }: Root): Promise<ThreadStateRow | undefined> {
    const [row] = await tx.sql<ThreadStateRow>`
      SELECT conversation_id, root_seq::int, replies::int, last_seq::float8, last_reply_at, following, read_seq::float8,
             unread::int, at
        FROM thread_states_v1(${tx.tenantId}::uuid, ${userId}, ARRAY[${conversationId}::uuid], ARRAY[${seq}::bigint])`;
    return row;
  }
}

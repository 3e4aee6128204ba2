import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Numbers } from './memory-store';
import type { FloorMessage, Store, StoredMessage } from './room-server';

const batchMax = 64;
const connections = 2;
const insert = {
  name: 'insert',
  text: `INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, kind, text, at, created_at)
         SELECT '00000000-0000-0000-0000-000000000000', c, s, i, u, k, '', 'text', t, a, a
           FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
             AS r(c, s, i, u, k, t, a)`,
};

interface Waiting {
  stored: StoredMessage;
  done: (message: StoredMessage) => void;
  failed: (error: unknown) => void;
}

interface Lane {
  client: Client;
  queue: Waiting[];
  busy: boolean;
}

/** One multi-row INSERT per batch: what came while a connection was busy goes together. No check of anything. */
export async function batchStore(databaseUrl: string): Promise<Store> {
  const lanes: Lane[] = [];
  for (let count = 0; count < connections; count += 1) {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    lanes.push({ client, queue: [], busy: false });
  }
  const numbers = new Numbers();
  return (message: FloorMessage) =>
    new Promise((done, failed) => {
      const { conversationId } = message;
      const seq = numbers.next(conversationId);
      const stored = { ...message, id: randomUUID(), seq, at: new Date().toISOString() };
      // A conversation keeps to one connection, or its messages would overtake each other.
      const lane = lanes[parseInt(conversationId.slice(-2), 16) % lanes.length] as Lane;
      lane.queue.push({ stored, done, failed });
      if (lane.busy) return;
      lane.busy = true;
      // The frames that were read in the same turn come along.
      setImmediate(() => void flush(lane));
    });
}

async function flush(lane: Lane): Promise<void> {
  while (lane.queue.length > 0) await write(lane.client, lane.queue.splice(0, batchMax));
  lane.busy = false;
}

async function write(client: Client, batch: readonly Waiting[]): Promise<void> {
  const column = (name: keyof StoredMessage): unknown[] => batch.map(({ stored }) => stored[name]);
  try {
    await client.query({
      ...insert,
      values: [
        column('conversationId'),
        column('seq'),
        column('id'),
        column('sender'),
        column('clientMessageId'),
        column('text'),
        column('at'),
      ],
    });
    for (const { stored, done } of batch) done(stored);
  } catch (error) {
    for (const { failed } of batch) failed(error);
  }
}

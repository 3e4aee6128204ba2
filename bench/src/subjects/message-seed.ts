import type { Client } from 'pg';

/** Puts so many messages of its member below a conversation's head, as if they had been sent in the past. */
export async function seedMessages(client: Client, conversationId: string, count: number): Promise<void> {
  await client.query(
    `WITH head AS (
       UPDATE conversation_head SET last_seq = last_seq + $2, message_count = message_count + $2, last_message_at = now()
        WHERE conversation_id = $1
       RETURNING tenant_id, last_seq - $2 AS first
     )
     INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                          at, created_at)
     SELECT h.tenant_id, $1, h.first + n, gen_random_uuid(), p.user_id, 'seed.' || n, '', n, 'text', repeat('x', 120),
            now() - interval '1 day', now() - interval '1 day'
       FROM head h
       JOIN participant p ON p.tenant_id = h.tenant_id AND p.conversation_id = $1
       CROSS JOIN generate_series(1, $2) n`,
    [conversationId, count],
  );
}

-- Writes whom the messages of a batch mention, in the transaction of timeline_send that stored them and with its rows: one
-- row per user, role or group that is named, never one per participant. Messages are found by their keys, as timeline_send
-- finds them; a row whose id is not the stored one was a repeat. The head learns of the newest, so that only those who have
-- it before them count.
CREATE FUNCTION mention_write_v2(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
BEGIN
  WITH mentioning AS MATERIALIZED (
    SELECT r.c, m.seq, r.s, r.m
      FROM json_to_recordset(p_rows) AS r(c uuid, id uuid, s text, k text, m jsonb)
      JOIN LATERAL (
        SELECT x.id, x.seq FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s
           AND x.client_message_id >= r.k AND x.client_message_id <= r.k
         ORDER BY x.client_message_id LIMIT 1
      ) m ON m.id = r.id
     WHERE jsonb_array_length(r.m) > 0
  ),
  written AS (
    INSERT INTO mention (tenant_id, conversation_id, target, message_seq, sender)
    SELECT p_tenant, n.c, t.target, n.seq, n.s FROM mentioning n CROSS JOIN LATERAL mention_targets_v1(n.m) AS t(target)
  )
  INSERT INTO conversation_head AS h (tenant_id, conversation_id, last_mention_seq)
  SELECT p_tenant, n.c, max(n.seq) FROM mentioning n GROUP BY n.c
  ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET last_mention_seq = excluded.last_mention_seq;
END
$$;

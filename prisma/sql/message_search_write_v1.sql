-- Brings the search text of messages [{ c: conversation, s: seq }] in line with what they are now: a text is found by its
-- words, a tombstone and a system message are not. The messages stay locked against a change until the commit: a deletion
-- that comes meanwhile waits, and its own event follows.
CREATE FUNCTION message_search_write_v1(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT (r.value->>'c')::uuid AS c, (r.value->>'s')::bigint AS s
      FROM json_array_elements(p_rows) r ORDER BY 1, 2
  ),
  present AS MATERIALIZED (
    SELECT w.c, w.s, m.id, m.text, m.kind = 'text' AND m.deleted_at IS NULL AS searchable
      FROM wanted w
      JOIN LATERAL (
        SELECT x.id, x.text, x.kind, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq = w.s
         LIMIT 1 FOR SHARE
      ) m ON true
  ),
  gone AS (
    DELETE FROM message_search x
     USING present p
     WHERE NOT p.searchable AND x.tenant_id = p_tenant AND x.conversation_id = p.c AND x.seq = p.s
  )
  INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words)
  SELECT p_tenant, p.c, p.s, p.id, to_tsvector('simple', p.text) FROM present p WHERE p.searchable
  ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words;
END
$$;

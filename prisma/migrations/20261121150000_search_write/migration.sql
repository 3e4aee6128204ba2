-- Brings the search text of messages [{ c: conversation, s: seq }] in line with what they are now: a text is found by its
-- words, a tombstone and a system message are not. The messages stay locked against a change until the commit: a deletion
-- that comes meanwhile waits, and its own event follows.
-- One plan whatever the statistics say, also on a fresh database: messages are looked up by a range of one seq, which only
-- the primary key orders (by equality another index looks as good, and walks the conversation for every row); what must go
-- is little and is taken row by row, because a DELETE with a join walks all rows of the tenant until the first ANALYZE.
CREATE FUNCTION message_search_write_v2(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_gone record;
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
         WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq >= w.s AND x.seq <= w.s
         ORDER BY x.seq LIMIT 1 FOR SHARE
      ) m ON true
  )
  INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words)
  SELECT p_tenant, p.c, p.s, p.id, to_tsvector('simple', p.text) FROM present p WHERE p.searchable
  ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words;

  FOR v_gone IN
    SELECT (r.value->>'c')::uuid AS c, (r.value->>'s')::bigint AS s
      FROM json_array_elements(p_rows) r
      JOIN LATERAL (
        SELECT x.kind, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = (r.value->>'c')::uuid
           AND x.seq >= (r.value->>'s')::bigint AND x.seq <= (r.value->>'s')::bigint
         ORDER BY x.seq LIMIT 1
      ) m ON m.kind <> 'text' OR m.deleted_at IS NOT NULL
  LOOP
    DELETE FROM message_search x
     WHERE x.tenant_id = p_tenant AND x.conversation_id = v_gone.c AND x.seq = v_gone.s;
  END LOOP;
END
$$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f,
                   CASE WHEN f::text LIKE 'system\_%' THEN 'parley_system' ELSE 'parley_app' END);
  END LOOP;
END
$$;

-- Writes the search text of messages: [{ c: conversation, s: seq, id, at, w: tsvector }], in the transaction that has read them
-- with message_search_read_v1; where w is null the message leaves the search. What must go is little and is taken row by
-- row: a DELETE with a join walks all rows of the tenant until the first ANALYZE.
CREATE FUNCTION message_search_write_v3(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_gone record;
BEGIN
  INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words, at)
  SELECT p_tenant, r.c, r.s, r.id, r.w::tsvector, r.at
    FROM json_to_recordset(p_rows) AS r(c uuid, s bigint, id uuid, w text, at timestamptz)
   WHERE r.w IS NOT NULL
  ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words, at = excluded.at;

  FOR v_gone IN
    SELECT r.c, r.s FROM json_to_recordset(p_rows) AS r(c uuid, s bigint, w text) WHERE r.w IS NULL
  LOOP
    DELETE FROM message_search x
     WHERE x.tenant_id = p_tenant AND x.conversation_id = v_gone.c AND x.seq = v_gone.s;
  END LOOP;
END
$$;

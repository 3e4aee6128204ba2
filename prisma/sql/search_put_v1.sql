-- Writes the search text of messages as search_take_v1 gave them, and takes the handler off the events that asked for it:
-- [[{ c: conversation, s: seq, v: version, w: tsvector }]]; where w is null the message leaves the search. A message that
-- has changed since is passed over: the event of its change follows, or its job was quicker. The lock that this takes ends
-- with the call.
-- A message has a hundred pieces to write, and whoever sends may share the machine: after each inner list but the last it
-- sleeps p_rest times as long as that one took, p_rest_max milliseconds at most.
-- What must go is little and is taken row by row: a DELETE with a join walks all rows of the tenant until the first ANALYZE.
CREATE FUNCTION search_put_v1(p_tenant uuid, p_events uuid[], p_handler text, p_pieces json, p_rest float,
                              p_rest_max float)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_begun timestamptz;
  v_piece json;
  v_gone record;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  PERFORM outbox_clear_v1(p_tenant, p_events, p_handler);
  FOR v_piece IN SELECT x.value FROM json_array_elements(p_pieces) x LOOP
    IF v_begun IS NOT NULL THEN
      PERFORM pg_sleep(least(extract(epoch FROM clock_timestamp() - v_begun) * p_rest, p_rest_max / 1000));
    END IF;
    v_begun := clock_timestamp();

    INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words, at)
    SELECT p_tenant, r.c, r.s, m.id, r.w::tsvector, m.at
      FROM json_to_recordset(v_piece) AS r(c uuid, s bigint, v int, w text)
      CROSS JOIN LATERAL (
        SELECT x.id, x.at, x.version, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.s AND x.seq <= r.s
         ORDER BY x.seq LIMIT 1 FOR SHARE
      ) m
     WHERE r.w IS NOT NULL AND m.version = r.v AND m.deleted_at IS NULL
    ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words, at = excluded.at;

    FOR v_gone IN
      SELECT r.c, r.s FROM json_to_recordset(v_piece) AS r(c uuid, s bigint, w text) WHERE r.w IS NULL
    LOOP
      DELETE FROM message_search x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = v_gone.c AND x.seq = v_gone.s;
    END LOOP;
  END LOOP;
END
$$;

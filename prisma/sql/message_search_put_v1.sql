-- Writes the search text of messages as message_search_take_v1 gave them, and takes the handler off the events that asked
-- for it. A message has one place in each of the four arrays; where its words (a tsvector) are null it leaves the search.
-- One that has changed since is passed over: the event of its change follows, or its job was quicker. The lock that this
-- takes ends with the call.
-- A message has a hundred pieces to write, and whoever sends may share the machine: after p_piece messages it sleeps p_rest
-- times as long as those took, p_rest_max milliseconds at most.
-- What must go is little and is taken row by row: a DELETE with a join walks all rows of the tenant until the first ANALYZE.
CREATE FUNCTION message_search_put_v1(p_tenant uuid, p_events uuid[], p_handler text, p_conversations uuid[],
                                      p_seqs bigint[], p_versions int[], p_words text[], p_piece int, p_rest float,
                                      p_rest_max float)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_count int := cardinality(p_conversations);
  v_begun timestamptz;
  v_low int;
  v_high int;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  PERFORM outbox_clear_v1(p_tenant, p_events, p_handler);
  FOR v_low IN SELECT generate_series(1, v_count, p_piece) LOOP
    IF v_begun IS NOT NULL THEN
      PERFORM pg_sleep(least(extract(epoch FROM clock_timestamp() - v_begun) * p_rest, p_rest_max / 1000));
    END IF;
    v_begun := clock_timestamp();
    v_high := v_low + p_piece - 1;

    INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words, at)
    SELECT p_tenant, r.c, r.s, m.id, r.w::tsvector, m.at
      FROM unnest(p_conversations[v_low:v_high], p_seqs[v_low:v_high], p_versions[v_low:v_high],
                  p_words[v_low:v_high]) AS r(c, s, v, w)
      CROSS JOIN LATERAL (
        SELECT x.id, x.at, x.version, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.s AND x.seq <= r.s
         ORDER BY x.seq LIMIT 1 FOR SHARE
      ) m
     WHERE r.w IS NOT NULL AND m.version = r.v AND m.deleted_at IS NULL
    ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words, at = excluded.at;
  END LOOP;

  FOR v_low IN 1..v_count LOOP
    CONTINUE WHEN p_words[v_low] IS NOT NULL;
    DELETE FROM message_search x
     WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversations[v_low] AND x.seq = p_seqs[v_low];
  END LOOP;
END
$$;

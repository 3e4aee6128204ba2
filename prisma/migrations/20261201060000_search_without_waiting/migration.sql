-- Search text is written by two calls, and no lock on a message waits for the worker between them.

-- The messages that these events of the outbox are about, as they are now, where the handler is still to run: without a
-- lock, for message_search_put_v1. A tombstone and a system message have no search text (searchable is false); without a
-- place, or with one at which no message is, id is null.
CREATE FUNCTION message_search_take_v1(p_tenant uuid, p_events uuid[], p_handler text)
RETURNS TABLE (event_id uuid, conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text,
               is_reply boolean, version int, searchable boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT o.id, w.c, w.s, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.version,
         m.kind = 'text' AND m.deleted_at IS NULL
    FROM outbox o
    CROSS JOIN LATERAL (
      SELECT o.conversation_id AS c, o.seq AS s WHERE o.payload->'seqs' IS NULL
      UNION ALL
      SELECT x.c::uuid, x.s::bigint
        FROM ROWS FROM (jsonb_array_elements_text(o.payload->'conversationIds'),
                        jsonb_array_elements_text(o.payload->'seqs')) AS x(c, s)
       WHERE o.payload->'seqs' IS NOT NULL
    ) w
    LEFT JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq >= w.s AND x.seq <= w.s
       ORDER BY x.seq LIMIT 1
    ) m ON true
   WHERE o.tenant_id = p_tenant AND o.id = ANY (p_events) AND p_handler = ANY (o.handlers);
END
$$;

-- Up to p_limit messages of a tenant whose search text an older version wrote, as they are now, for
-- message_search_put_v1. The index message_search_stale_idx holds nothing else, and it alone has this order.
CREATE FUNCTION search_stale_v2(p_tenant uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text, is_reply boolean,
               version int, searchable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT s.conversation_id, s.seq, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.version,
         m.kind = 'text' AND m.deleted_at IS NULL
    FROM (
      SELECT x.conversation_id, x.seq, x.message_id FROM message_search x
       WHERE x.tenant_id = p_tenant AND NOT x.words @@ '''@3'''::tsquery
       ORDER BY x.message_id LIMIT p_limit
    ) s
    CROSS JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = s.conversation_id AND x.seq >= s.seq AND x.seq <= s.seq
       ORDER BY x.seq LIMIT 1
    ) m
$$;

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

-- Functions named system_* are the system role's, all others the application's.
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

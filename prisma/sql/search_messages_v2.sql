-- The messages that fit p_query, within what the user may see, the newest first (at, id), before (p_before_at, p_before_id)
-- where a page goes on. p_old_query is for rows that an older version wrote: they have whole words and no tags.
-- p_filter: conversations (any of them), from, reaction, pin (true: has one), after (not before that time).
-- Where the user's conversations have few messages in all, those are looked through. Otherwise the index is asked:
-- p_windows are stretches of time as queries, the newest first, with the time at which each begins (null: the beginning of
-- all); one that is null has no bounds of its own. They are read one after the other until there are enough or p_budget_ms are over; then a last row without an id
-- says at which time to go on.
-- SECURITY DEFINER, so without row-level security: @@ is not leakproof and would be run on all rows of the tenant. The
-- wall is therefore p_tenant in every look-up, and the membership; tags only narrow. One plan whatever the statistics say:
-- nothing but the index on words can answer `found`, and the look-ups follow in the order in which they are written.
CREATE FUNCTION search_messages_v2(p_tenant uuid, p_user text, p_query tsquery, p_old_query tsquery, p_windows tsquery[],
                                   p_lows timestamptz[], p_filter jsonb, p_before_at timestamptz, p_before_id uuid,
                                   p_limit int, p_budget_ms int)
RETURNS TABLE (conversation_id uuid, seq bigint, message_id uuid, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET join_collapse_limit = 1 SET from_collapse_limit = 1 AS $$
DECLARE
  v_few constant int := 4000;
  v_conversations_max constant int := 500;
  v_end constant timestamptz := clock_timestamp() + p_budget_ms * interval '1 millisecond';
  v_named uuid[] := ARRAY(SELECT c::uuid FROM jsonb_array_elements_text(p_filter->'conversations') c);
  v_from text := p_filter->>'from';
  v_reaction boolean := coalesce((p_filter->>'reaction')::boolean, false);
  v_pin boolean := coalesce((p_filter->>'pin')::boolean, false);
  v_after timestamptz := coalesce((p_filter->>'after')::timestamptz, '-infinity');
  v_query tsquery := p_query;
  v_asked tsquery;
  v_own uuid[];
  v_old boolean;
  v_few_at_all boolean;
  v_low timestamptz;
  v_high timestamptz := coalesce(p_before_at, 'infinity');
  v_found int := 0;
  v_rows int;
BEGIN
  v_own := ARRAY(
    SELECT p.conversation_id FROM participant p
     WHERE p.tenant_id = p_tenant AND p.user_id = p_user
       AND (cardinality(v_named) = 0 OR p.conversation_id = ANY (v_named))
     LIMIT v_conversations_max + 1);
  IF cardinality(v_own) = 0 THEN
    RETURN;
  END IF;
  v_few_at_all := cardinality(v_own) <= v_conversations_max AND v_few >= (
    SELECT sum(h.last_seq) FROM unnest(v_own) AS o(c)
      CROSS JOIN LATERAL (
        SELECT x.last_seq FROM conversation_head x WHERE x.tenant_id = p_tenant AND x.conversation_id = o.c LIMIT 1
      ) h);
  -- Names narrow by a tag each; a user's own conversations may be more than it pays to name.
  IF cardinality(v_named) > 0 THEN
    v_query := v_query && (
      SELECT string_agg('''@c' || right(o.c::text, 12) || '''', ' | ')::tsquery FROM unnest(v_own) AS o(c));
  END IF;
  v_old := EXISTS (
    SELECT 1 FROM message_search s WHERE s.tenant_id = p_tenant AND NOT s.words @@ '''@3'''::tsquery
     ORDER BY s.message_id LIMIT 1);

  FOR v_i IN 1 .. cardinality(p_windows) LOOP
    v_low := greatest(CASE WHEN NOT v_few_at_all THEN p_lows[v_i] END, v_after);
    v_asked := CASE WHEN p_windows[v_i] IS NULL THEN v_query ELSE v_query && p_windows[v_i] END;
    RETURN QUERY
    WITH found AS MATERIALIZED (
      SELECT s.tenant_id AS t, s.conversation_id AS c, s.seq AS q, s.message_id AS id, s.at FROM message_search s
       WHERE NOT v_few_at_all
         AND s.words @@ CASE WHEN v_old THEN v_asked || p_old_query ELSE v_asked END
    ),
    looked_through AS MATERIALIZED (
      SELECT s.tenant_id AS t, s.conversation_id AS c, s.seq AS q, s.message_id AS id, s.at
        FROM unnest(CASE WHEN v_few_at_all THEN v_own ELSE '{}' END) AS o(c)
        CROSS JOIN LATERAL (
          SELECT x.* FROM message_search x
           WHERE x.tenant_id = p_tenant AND x.conversation_id = o.c AND x.seq > 0
           ORDER BY x.seq LIMIT v_few
        ) s
       WHERE s.words @@ CASE WHEN v_old THEN v_query || p_old_query ELSE v_query END
    ),
    ordered AS MATERIALIZED (
      SELECT e.* FROM (
        SELECT f.c, f.q, f.id, coalesce(f.at, (
                 SELECT x.at FROM message x
                  WHERE x.tenant_id = p_tenant AND x.conversation_id = f.c AND x.seq >= f.q AND x.seq <= f.q
                  ORDER BY x.seq LIMIT 1)) AS at
          FROM (SELECT * FROM found UNION ALL SELECT * FROM looked_through) f
         WHERE f.t = p_tenant AND (cardinality(v_named) = 0 OR f.c = ANY (v_named))
      ) e
       WHERE e.at >= v_low AND e.at <= v_high AND (p_before_id IS NULL OR (e.at, e.id) < (p_before_at, p_before_id))
       ORDER BY e.at DESC, e.id DESC
    )
    -- In the order of `ordered`, and no further than the limit asks: a common word has many that are never looked at.
    SELECT f.c, f.q, f.id, f.at
      FROM ordered f
      CROSS JOIN LATERAL (
        SELECT x.visible_from, x.left_seq FROM participant x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = f.c AND x.user_id = p_user LIMIT 1
      ) p
      CROSS JOIN LATERAL (
        SELECT x.sender, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = f.c AND x.seq >= f.q AND x.seq <= f.q
           AND f.q >= p.visible_from AND (p.left_seq IS NULL OR f.q <= p.left_seq)
         ORDER BY x.seq LIMIT 1
      ) m
     WHERE m.deleted_at IS NULL AND (v_from IS NULL OR m.sender = v_from)
       AND (NOT v_reaction OR EXISTS (
         SELECT 1 FROM reaction_count x
          WHERE x.tenant_id = p_tenant AND x.conversation_id = f.c AND x.message_seq = f.q))
       AND (NOT v_pin OR EXISTS (
         SELECT 1 FROM pin x WHERE x.tenant_id = p_tenant AND x.conversation_id = f.c AND x.message_seq = f.q))
     LIMIT p_limit - v_found;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_found := v_found + v_rows;
    EXIT WHEN v_few_at_all OR v_found >= p_limit OR v_i = cardinality(p_windows);
    IF clock_timestamp() >= v_end THEN
      RETURN QUERY SELECT NULL::uuid, NULL::bigint, NULL::uuid, v_low;
      EXIT;
    END IF;
    v_high := v_low - interval '1 microsecond';
  END LOOP;
END
$$;

-- Search in parts of words, by tags in the index itself. Rows that were written before have whole words and no tags: an
-- index holds them, and nothing else, until they are written again (`parley search reindex`).
ALTER TABLE "message_search" ADD COLUMN "at" TIMESTAMPTZ(3);
CREATE INDEX "message_search_stale_idx" ON "message_search" ("tenant_id", "message_id")
  WHERE NOT words @@ '''@3'''::tsquery;
-- Every look-up reads the list of what is not yet in the tree of the index, 4 MB by default; a shorter one costs the writer more.
ALTER INDEX "message_search_words_idx" SET (gin_pending_list_limit = 1024);

-- The messages [{ c: conversation, s: seq }] as they are now, for their search text; a tombstone and a system message have
-- none (searchable is false). They stay locked against a change until the commit: a deletion that comes meanwhile waits,
-- and its own event follows. One plan whatever the statistics say: looked up by a range of one seq, which only the primary
-- key orders.
CREATE FUNCTION message_search_read_v1(p_tenant uuid, p_rows json)
RETURNS TABLE (conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text, is_reply boolean,
               searchable boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT w.c, w.s, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.kind = 'text' AND m.deleted_at IS NULL
    FROM (
      SELECT DISTINCT (r.value->>'c')::uuid AS c, (r.value->>'s')::bigint AS s
        FROM json_array_elements(p_rows) r ORDER BY 1, 2
    ) w
    CROSS JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq >= w.s AND x.seq <= w.s
       ORDER BY x.seq LIMIT 1 FOR SHARE
    ) m;
END
$$;

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

-- Up to p_limit messages of a tenant whose search text an older version wrote. The index message_search_stale_idx holds
-- nothing else, and it alone has this order.
CREATE FUNCTION search_stale_v1(p_tenant uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT s.conversation_id, s.seq FROM message_search s
   WHERE s.tenant_id = p_tenant AND NOT s.words @@ '''@3'''::tsquery
   ORDER BY s.message_id LIMIT p_limit
$$;

-- Places of a user's current conversations, the last active first, after (p_after_at, p_after_id) where a page goes on:
-- sorted at read time, so that no send keeps an index on activity. Filters: kind, subjectType, subjectId, status,
-- archived, pinned, unread, q (a part of the title, or of the name of one of the others in it, in any case); one that is
-- absent lets everything pass. Hidden ones come only where `hidden` is true, and then alone. The conversation's own row is
-- read only where it is asked about, and names only where its people are at most p_people_max.
CREATE FUNCTION inbox_places_v2(p_tenant uuid, p_user text, p_filter jsonb, p_after_at timestamptz, p_after_id uuid,
                                p_limit int, p_people_max int)
RETURNS TABLE (conversation_id uuid, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_kind text := p_filter->>'kind';
  v_subject_type text := p_filter->>'subjectType';
  v_subject_id text := p_filter->>'subjectId';
  v_status text := p_filter->>'status';
  v_archived boolean := (p_filter->>'archived')::boolean;
  v_pinned boolean := (p_filter->>'pinned')::boolean;
  v_hidden boolean := coalesce((p_filter->>'hidden')::boolean, false);
  v_unread boolean := (p_filter->>'unread')::boolean;
  v_q text := lower((p_filter->>'q') COLLATE "und-x-icu");
  v_filtered boolean := coalesce(v_kind, v_subject_type, v_subject_id, v_status, v_q) IS NOT NULL;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, coalesce(m.last_message_at, c.created_at)
    FROM membership_v1 m
    LEFT JOIN LATERAL (
      SELECT x.kind, x.subject_type, x.subject_id, x.status, x.title, x.created_at FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = m.conversation_id AND (v_filtered OR m.last_message_at IS NULL)
       LIMIT 1
    ) c ON true
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user
     AND m.hidden = v_hidden
     AND (v_archived IS NULL OR m.archived = v_archived)
     AND (v_pinned IS NULL OR m.pinned = v_pinned)
     AND (v_kind IS NULL OR c.kind = v_kind)
     AND (v_subject_type IS NULL OR c.subject_type = v_subject_type)
     AND (v_subject_id IS NULL OR c.subject_id = v_subject_id)
     AND (v_status IS NULL OR c.status = v_status)
     AND (v_q IS NULL OR strpos(lower(c.title COLLATE "und-x-icu"), v_q) > 0 OR coalesce((
       SELECT count(*) <= p_people_max AND bool_or(
                o.user_id <> p_user AND strpos(lower(coalesce(u.name, o.user_id) COLLATE "und-x-icu"), v_q) > 0)
         FROM (
           SELECT x.user_id FROM participant x
            WHERE x.tenant_id = p_tenant AND x.conversation_id = m.conversation_id AND x.left_seq IS NULL
            ORDER BY x.user_id LIMIT p_people_max + 1
         ) o
         CROSS JOIN LATERAL (
           SELECT x.name FROM app_user x WHERE x.tenant_id = p_tenant AND x.id = o.user_id LIMIT 1
         ) u), false))
     AND (v_unread IS NULL OR (m.unread > 0 OR m.unread_from_seq IS NOT NULL) = v_unread)
     AND (p_after_id IS NULL
          OR (coalesce(m.last_message_at, c.created_at), m.conversation_id) < (p_after_at, p_after_id))
   ORDER BY 2 DESC, 1 DESC
   LIMIT p_limit;
END
$$;

-- Every piece of one, two and three characters of a user's id and name, in lower case in any script, and the tenant: what
-- search_users_v1 looks users up by.
CREATE FUNCTION user_terms_v1(p_tenant uuid, p_id text, p_name text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT array_to_tsvector(array_append(ARRAY(
    SELECT '=' || substr(s.t, i, n)
      FROM (SELECT lower(p_id COLLATE "und-x-icu") UNION ALL SELECT lower(p_name COLLATE "und-x-icu")) AS s(t)
      CROSS JOIN generate_series(1, 3) AS n
      CROSS JOIN LATERAL generate_series(1, length(s.t) - n + 1) AS i), '@t' || right(p_tenant::text, 12)))
$$;

-- Users of a tenant who have every one of p_terms as a part of their id or name, in any case, in the order of their ids after
-- p_after; of those alone whose id begins with p_prefix, and with whom p_seen_by (null: everybody) shares a conversation.
-- What is common is found by a short walk; what that does not find often enough is rare, and is looked up by its pieces.
-- SECURITY DEFINER, so without row-level security: @@ is not leakproof and would be run on all users of the tenant. The
-- wall is p_tenant in both look-ups. One plan whatever the statistics say: nothing but the index can answer `found`.
CREATE FUNCTION search_users_v1(p_tenant uuid, p_terms text[], p_prefix text, p_after text, p_seen_by text,
                                p_limit int)
RETURNS SETOF app_user
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_walk constant int := 2000;
  v_terms text[] := ARRAY(SELECT lower(t COLLATE "und-x-icu") FROM unnest(p_terms) t);
  v_query tsquery;
  v_found app_user[];
BEGIN
  v_found := ARRAY(
    SELECT w::app_user FROM (
      SELECT x.* FROM app_user x
       WHERE x.tenant_id = p_tenant AND x.id >= p_prefix AND (p_after IS NULL OR x.id > p_after)
       ORDER BY x.tenant_id, x.id LIMIT v_walk
    ) w
     WHERE starts_with(w.id, p_prefix) AND NOT EXISTS (
       SELECT 1 FROM unnest(v_terms) t
        WHERE strpos(lower(w.id COLLATE "und-x-icu"), t) = 0
          AND strpos(lower(coalesce(w.name, '') COLLATE "und-x-icu"), t) = 0)
       AND (p_seen_by IS NULL OR w.id = p_seen_by OR EXISTS (
         SELECT 1 FROM participant mine
           JOIN participant theirs ON theirs.tenant_id = p_tenant AND theirs.conversation_id = mine.conversation_id
          WHERE mine.tenant_id = p_tenant AND mine.user_id = p_seen_by AND mine.left_seq IS NULL
            AND theirs.user_id = w.id AND theirs.left_seq IS NULL))
     ORDER BY w.id
     LIMIT p_limit);
  IF cardinality(v_found) >= p_limit THEN
    RETURN QUERY SELECT * FROM unnest(v_found);
    RETURN;
  END IF;

  v_query := (
    SELECT string_agg('''' || replace(replace(p.piece, '\', '\\'), '''', '''''') || '''', ' & ')::tsquery
      FROM (
        SELECT '@t' || right(p_tenant::text, 12) AS piece
         UNION
        SELECT '=' || substr(t, i, 3)
          FROM unnest(v_terms) t CROSS JOIN LATERAL generate_series(1, greatest(1, length(t) - 2)) AS i
      ) p);
  RETURN QUERY
  WITH found AS MATERIALIZED (
    SELECT u.* FROM app_user u WHERE user_terms_v1(u.tenant_id, u.id, u.name) @@ v_query
  )
  SELECT f.* FROM found f
   WHERE f.tenant_id = p_tenant AND starts_with(f.id, p_prefix) AND (p_after IS NULL OR f.id > p_after)
     AND NOT EXISTS (
       SELECT 1 FROM unnest(v_terms) t
        WHERE strpos(lower(f.id COLLATE "und-x-icu"), t) = 0
          AND strpos(lower(coalesce(f.name, '') COLLATE "und-x-icu"), t) = 0)
       AND (p_seen_by IS NULL OR f.id = p_seen_by OR EXISTS (
         SELECT 1 FROM participant mine
           JOIN participant theirs ON theirs.tenant_id = p_tenant AND theirs.conversation_id = mine.conversation_id
          WHERE mine.tenant_id = p_tenant AND mine.user_id = p_seen_by AND mine.left_seq IS NULL
            AND theirs.user_id = f.id AND theirs.left_seq IS NULL))
   ORDER BY f.id
   LIMIT p_limit;
END
$$;

CREATE INDEX "app_user_terms_idx" ON "app_user" USING GIN (user_terms_v1(tenant_id, id, name));

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

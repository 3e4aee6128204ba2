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

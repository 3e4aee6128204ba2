-- Keeps when users were seen last (never falls; null: stays) and whether they are invisible (null: stays). In the order of
-- the ids, so that two calls never wait for each other. Who is no user is passed over. LATERAL and ON CONFLICT, so that the
-- plan depends on no statistics.
CREATE FUNCTION presence_save_v2(p_tenant uuid, p_users text[], p_seen timestamptz[], p_invisible boolean[])
RETURNS TABLE (saved bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_saved bigint;
  v_chosen boolean := EXISTS (SELECT 1 FROM unnest(p_invisible) AS c (invisible) WHERE c.invisible IS NOT NULL);
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  INSERT INTO user_presence AS p (tenant_id, user_id, last_seen_at, invisible)
  SELECT p_tenant, s.id, max(s.seen), coalesce(bool_or(s.invisible), false)
    FROM unnest(p_users, p_seen, p_invisible) AS s (id, seen, invisible)
    CROSS JOIN LATERAL (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id LIMIT 1) u
   GROUP BY s.id ORDER BY s.id COLLATE "C"
  ON CONFLICT (tenant_id, user_id) DO UPDATE
     SET last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at),
         invisible = CASE WHEN v_chosen THEN coalesce((
           SELECT bool_or(c.invisible) FROM unnest(p_users, p_invisible) AS c (id, invisible) WHERE c.id = p.user_id
         ), p.invisible) ELSE p.invisible END;
  GET DIAGNOSTICS v_saved = ROW_COUNT;
  RETURN QUERY SELECT v_saved;
END
$$;

-- Keeps when users were seen last (never falls; null: stays) and whether they are invisible (null: stays). In the order of
-- the ids, so that two calls never wait for each other. Who is no user is passed over.
CREATE FUNCTION presence_save_v1(p_tenant uuid, p_users text[], p_seen timestamptz[], p_invisible boolean[])
RETURNS TABLE (saved bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_saved bigint;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  INSERT INTO user_presence AS p (tenant_id, user_id, last_seen_at, invisible)
  SELECT p_tenant, s.id, max(s.seen), coalesce(bool_or(s.invisible), false)
    FROM unnest(p_users, p_seen, p_invisible) AS s (id, seen, invisible)
    JOIN app_user u ON u.tenant_id = p_tenant AND u.id = s.id
   GROUP BY s.id ORDER BY s.id COLLATE "C"
  ON CONFLICT (tenant_id, user_id) DO UPDATE
     SET last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at);
  GET DIAGNOSTICS v_saved = ROW_COUNT;
  UPDATE user_presence p SET invisible = s.invisible
    FROM unnest(p_users, p_invisible) AS s (id, invisible)
   WHERE p.tenant_id = p_tenant AND p.user_id = s.id AND s.invisible IS NOT NULL AND p.invisible <> s.invisible;
  RETURN QUERY SELECT v_saved;
END
$$;

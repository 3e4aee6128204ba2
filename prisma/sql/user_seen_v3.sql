-- The users of verified tokens with what decides whether they may come in, each made at first sight (its p_create) with the
-- token's name. No row for whom: unknown and not to be made. No row at all: the tenant is gone.
-- One call for all that come at a time; made in the order of the ids, so that two calls never wait for each other. LATERAL
-- look-ups by whole keys: joined, each user would cost a walk over all of the tenant's until the first ANALYZE.
CREATE FUNCTION user_seen_v3(p_tenant uuid, p_users text[], p_names text[], p_create boolean[])
RETURNS TABLE (user_id text, tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz,
               invisible boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_status text;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT t.status INTO v_status FROM tenant t WHERE t.id = p_tenant;
  IF v_status IS NULL THEN
    RETURN;
  END IF;
  IF true = ANY (p_create) THEN
    INSERT INTO app_user (tenant_id, id, name)
    SELECT p_tenant, s.id, max(s.name)
      FROM unnest(p_users, p_names, p_create) AS s (id, name, wanted)
      LEFT JOIN LATERAL (
        SELECT true AS known FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id LIMIT 1
      ) k ON true
     WHERE s.wanted AND k.known IS NULL
     GROUP BY s.id ORDER BY s.id COLLATE "C"
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN QUERY
  SELECT u.id, v_status, u.role, u.tokens_valid_after, u.deactivated_at, coalesce(p.invisible, false),
         coalesce(b.banned, false)
    FROM unnest(p_users) AS s (id)
    CROSS JOIN LATERAL (
      SELECT x.id, x.role, x.tokens_valid_after, x.deactivated_at FROM app_user x
       WHERE x.tenant_id = p_tenant AND x.id = s.id LIMIT 1
    ) u
    LEFT JOIN LATERAL (
      SELECT x.invisible FROM user_presence x WHERE x.tenant_id = p_tenant AND x.user_id = s.id LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
      SELECT x.until IS NULL OR x.until > clock_timestamp() AS banned FROM user_ban x
       WHERE x.tenant_id = p_tenant AND x.user_id = s.id LIMIT 1
    ) b ON true;
END
$$;

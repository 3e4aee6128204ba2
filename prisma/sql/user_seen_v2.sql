-- The users of verified tokens with what decides whether they may come in, each made at first sight (its p_create) with the
-- token's name. No row for whom: unknown and not to be made. No row at all: the tenant is gone.
-- One call for all that come at a time; made in the order of the ids, so that two calls never wait for each other.
CREATE FUNCTION user_seen_v2(p_tenant uuid, p_users text[], p_names text[], p_create boolean[])
RETURNS TABLE (user_id text, tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz,
               invisible boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF true = ANY (p_create) THEN
    INSERT INTO app_user (tenant_id, id, name)
    SELECT p_tenant, s.id, max(s.name)
      FROM unnest(p_users, p_names, p_create) AS s (id, name, wanted)
     WHERE s.wanted
       AND EXISTS (SELECT 1 FROM tenant t WHERE t.id = p_tenant)
       AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id)
     GROUP BY s.id ORDER BY s.id COLLATE "C"
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN QUERY
  SELECT u.id, t.status, u.role, u.tokens_valid_after, u.deactivated_at, coalesce(p.invisible, false),
         EXISTS (SELECT 1 FROM user_ban b
                  WHERE b.tenant_id = p_tenant AND b.user_id = u.id AND (b.until IS NULL OR b.until > clock_timestamp()))
    FROM unnest(p_users) AS s (id)
    JOIN app_user u ON u.tenant_id = p_tenant AND u.id = s.id
    JOIN tenant t ON t.id = u.tenant_id
    LEFT JOIN user_presence p ON p.tenant_id = u.tenant_id AND p.user_id = u.id;
END
$$;

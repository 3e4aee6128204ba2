-- The user of a verified token with what decides whether it may come in, made at first sight (p_create) with the token's
-- name. No row: unknown and not to be made, or the tenant is gone.
CREATE FUNCTION user_seen_v2(p_tenant uuid, p_user text, p_name text, p_create boolean)
RETURNS TABLE (tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz, banned boolean,
               created boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_created boolean := false;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF p_create AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = p_user) THEN
    INSERT INTO app_user (tenant_id, id, name) VALUES (p_tenant, p_user, p_name) ON CONFLICT DO NOTHING;
    v_created := FOUND;
  END IF;
  RETURN QUERY
  SELECT t.status, u.role, u.tokens_valid_after, u.deactivated_at,
         EXISTS (SELECT 1 FROM user_ban b
                  WHERE b.tenant_id = p_tenant AND b.user_id = p_user AND (b.until IS NULL OR b.until > clock_timestamp())),
         v_created
    FROM app_user u JOIN tenant t ON t.id = u.tenant_id
   WHERE u.tenant_id = p_tenant AND u.id = p_user;
END
$$;

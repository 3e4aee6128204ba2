-- The tenant's own row.
CREATE FUNCTION tenant_load_v1(p_tenant uuid)
RETURNS TABLE (name text, status text, settings jsonb, body_hash_key bytea)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY SELECT t.name, t.status, t.settings, t.body_hash_key FROM tenant t WHERE t.id = p_tenant;
END
$$;

-- Whose blocks, or blocks against whom, changed since a time, over all tenants. At most 100,000, the newest first.
CREATE FUNCTION system_block_changes_v1(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT c.tenant_id, c.user_id, c.at FROM block_change c WHERE c.at >= p_since ORDER BY c.at DESC LIMIT 100000;
END
$$;

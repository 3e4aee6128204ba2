-- Where a message is, by its id alone.
CREATE FUNCTION timeline_locate_v1(p_tenant uuid, p_id uuid)
RETURNS TABLE (conversation_id uuid, seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, m.seq FROM message m WHERE m.tenant_id = p_tenant AND m.id = p_id LIMIT 1;
END
$$;

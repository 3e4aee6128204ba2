-- One message of a conversation by its id.
CREATE FUNCTION timeline_find_v1(p_tenant uuid, p_conversation uuid, p_id uuid)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.* FROM message m WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.id = p_id LIMIT 1;
END
$$;

-- Roots of a conversation's threads that have replies, from p_high down to p_low: the newest root first.
CREATE FUNCTION conversation_threads_v1(p_tenant uuid, p_conversation uuid, p_low bigint, p_high bigint, p_limit int)
RETURNS TABLE (root_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT t.root_seq FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq BETWEEN p_low AND p_high
     AND t.reply_count > 0
   ORDER BY t.root_seq DESC LIMIT p_limit;
END
$$;

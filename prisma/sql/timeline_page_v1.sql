-- A page of messages of one conversation by seq: from p_low up (p_newest_first false) or from p_high down, both ends
-- inclusive; with p_thread_root only the replies of that thread. O(log n + page) at any depth.
CREATE FUNCTION timeline_page_v1(p_tenant uuid, p_conversation uuid, p_low bigint, p_high bigint,
                                 p_newest_first boolean, p_limit int, p_thread_root bigint)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF p_thread_root IS NOT NULL AND p_newest_first THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_thread_root
       AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq DESC LIMIT p_limit;
  ELSIF p_thread_root IS NOT NULL THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_thread_root
       AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq LIMIT p_limit;
  ELSIF p_newest_first THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq DESC LIMIT p_limit;
  ELSE
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq LIMIT p_limit;
  END IF;
END
$$;

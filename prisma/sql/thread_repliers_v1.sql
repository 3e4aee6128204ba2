-- Who has replied in a thread, with the number of its replies that are left, by user id after p_after.
CREATE FUNCTION thread_repliers_v1(p_tenant uuid, p_conversation uuid, p_root bigint, p_after text, p_limit int)
RETURNS TABLE (user_id text, replies bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  -- A user id is never empty.
  RETURN QUERY
  SELECT f.user_id, f.reply_count FROM thread_follower f
   WHERE f.tenant_id = p_tenant AND f.conversation_id = p_conversation AND f.root_seq = p_root
     AND f.user_id > coalesce(p_after, '') AND f.reply_count > 0
   ORDER BY f.user_id LIMIT p_limit;
END
$$;

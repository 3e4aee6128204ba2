-- Places of the threads that a user follows and that have replies, the last active first, after (p_after_at,
-- p_after_conversation, p_after_root) where a page goes on; p_unread: only those with something unread (true), or without
-- (false). Sorted at read time, like the list of conversations.
CREATE FUNCTION thread_places_v1(p_tenant uuid, p_user text, p_unread boolean, p_after_at timestamptz,
                                 p_after_conversation uuid, p_after_root bigint, p_limit int)
RETURNS TABLE (conversation_id uuid, root_seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT x.conversation_id, x.root_seq, x.last_reply_at FROM followed_thread_v1 x
   WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.last_reply_at IS NOT NULL
     AND (p_unread IS NULL OR (x.unread > 0) = p_unread)
     AND (p_after_root IS NULL OR (x.last_reply_at, x.conversation_id, x.root_seq)
                                  < (p_after_at, p_after_conversation, p_after_root))
   ORDER BY 3 DESC, 1 DESC, 2 DESC
   LIMIT p_limit;
END
$$;

-- The heads of a user's current conversations by id, after p_after (null: from the beginning), with what is unread there
-- and mentions the user, and what is unread in the threads that it follows.
CREATE FUNCTION timeline_heads_v3(p_tenant uuid, p_user text, p_after uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, last_seq bigint, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, thread_unread bigint, own_version int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, m.last_seq, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions,
         (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.conversation_id = m.conversation_id),
         m.own_version
    FROM membership_v2 m
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND (p_after IS NULL OR m.conversation_id > p_after)
   ORDER BY m.conversation_id
   LIMIT p_limit;
END
$$;

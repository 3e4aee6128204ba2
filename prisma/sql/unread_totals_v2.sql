-- What is unread in all of a user's current conversations together, but for the hidden ones, and which part of that is in
-- muted ones: O(own conversations) integers. A conversation that was marked unread is one, whatever is left to count in it.
-- Beside it what is unread in the threads that the user follows, wherever they are.
CREATE FUNCTION unread_totals_v2(p_tenant uuid, p_user text)
RETURNS TABLE (messages bigint, conversations bigint, mentions bigint, muted_messages bigint, muted_conversations bigint,
               muted_mentions bigint, thread_replies bigint, threads bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT coalesce(sum(u.unread), 0)::bigint, count(*) FILTER (WHERE u.is_unread), coalesce(sum(u.mentions), 0)::bigint,
         coalesce(sum(u.unread) FILTER (WHERE u.muted), 0)::bigint, count(*) FILTER (WHERE u.is_unread AND u.muted),
         coalesce(sum(u.mentions) FILTER (WHERE u.muted), 0)::bigint,
         (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user),
         (SELECT count(*) FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.unread > 0)
    FROM (
      SELECT m.unread, m.unread > 0 OR m.unread_from_seq IS NOT NULL AS is_unread, m.mentions, m.muted
        FROM membership_v2 m
       WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND NOT m.hidden
    ) u;
END
$$;

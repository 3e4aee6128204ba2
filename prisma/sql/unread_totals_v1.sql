-- What is unread in all of a user's current conversations together, but for the hidden ones, and which part of that is in
-- muted ones: O(own conversations) integers. A conversation that was marked unread is one, whatever is left to count in it.
CREATE FUNCTION unread_totals_v1(p_tenant uuid, p_user text)
RETURNS TABLE (messages bigint, conversations bigint, muted_messages bigint, muted_conversations bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT coalesce(sum(u.unread), 0)::bigint, count(*),
         coalesce(sum(u.unread) FILTER (WHERE u.muted), 0)::bigint, count(*) FILTER (WHERE u.muted)
    FROM (
      SELECT m.unread, m.unread_from_seq, m.muted FROM membership_v1 m
       WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND NOT m.hidden
    ) u
   WHERE u.unread > 0 OR u.unread_from_seq IS NOT NULL;
END
$$;

-- The heads of some users' current conversations by id, so many (p_limits) of each user after its p_afters (null:
-- from the beginning), with what is unread there and mentions the user, and what is unread in the threads that it follows. i: the place of the
-- user among p_users, from 1. One call for all who ask at a time, as after a break of everybody's connection.
CREATE FUNCTION timeline_heads_v4(p_tenant uuid, p_users text[], p_afters uuid[], p_limits int[])
RETURNS TABLE (i int, conversation_id uuid, last_seq bigint, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, thread_unread bigint, own_version int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT q.place::int, h.*
    FROM unnest(p_users, p_afters, p_limits) WITH ORDINALITY AS q (user_id, after, most, place)
    CROSS JOIN LATERAL (
      SELECT m.conversation_id, m.last_seq, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions,
             (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
               WHERE x.tenant_id = p_tenant AND x.user_id = q.user_id AND x.conversation_id = m.conversation_id),
             m.own_version
        FROM membership_v2 m
       WHERE m.tenant_id = p_tenant AND m.user_id = q.user_id AND (q.after IS NULL OR m.conversation_id > q.after)
       ORDER BY m.conversation_id
       LIMIT q.most
    ) h
   ORDER BY q.place, h.conversation_id;
END
$$;

-- How these threads stand (p_conversations and p_roots in pairs) and what is p_user's own about them; null: nobody's. For a
-- user only those in conversations where it is, from its time on. A thread that nobody replied to or follows has no row.
CREATE FUNCTION thread_states_v1(p_tenant uuid, p_user text, p_conversations uuid[], p_roots bigint[])
RETURNS TABLE (conversation_id uuid, root_seq bigint, replies bigint, last_seq bigint, last_reply_at timestamptz,
               following boolean, read_seq bigint, unread bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT w.conversation, w.root, t.reply_count, t.last_seq, t.last_reply_at, f.user_id IS NOT NULL, coalesce(f.read_seq, 0),
         coalesce(f.unread, 0), date_trunc('milliseconds', clock_timestamp())
    FROM unnest(p_conversations, p_roots) AS w(conversation, root)
    JOIN LATERAL (
      SELECT x.reply_count, x.last_seq, x.last_reply_at FROM thread x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.conversation AND x.root_seq = w.root LIMIT 1
    ) t ON true
    LEFT JOIN LATERAL (
      SELECT x.user_id, x.read_seq, x.unread FROM followed_thread_v1 x
       WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.conversation_id = w.conversation AND x.root_seq = w.root
       LIMIT 1
    ) f ON true
   WHERE p_user IS NULL OR EXISTS (
           SELECT 1 FROM participant p
            WHERE p.tenant_id = p_tenant AND p.conversation_id = w.conversation AND p.user_id = p_user
              AND p.left_seq IS NULL AND p.visible_from <= w.root);
END
$$;

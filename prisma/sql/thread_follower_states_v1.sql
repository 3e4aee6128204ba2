-- How a thread stands for each of its followers, where there are at most p_limit of them; no row where there are more.
CREATE FUNCTION thread_follower_states_v1(p_tenant uuid, p_conversation uuid, p_root bigint, p_limit int)
RETURNS TABLE (user_id text, replies bigint, last_seq bigint, last_reply_at timestamptz, read_seq bigint, unread bigint,
               at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_users text[];
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  v_users := ARRAY(
    SELECT f.user_id FROM thread_follower f
     WHERE f.tenant_id = p_tenant AND f.conversation_id = p_conversation AND f.root_seq = p_root AND f.following
     ORDER BY f.user_id LIMIT p_limit + 1);
  IF cardinality(v_users) > p_limit THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT x.user_id, x.reply_count, x.last_seq, x.last_reply_at, x.read_seq, x.unread,
         date_trunc('milliseconds', clock_timestamp())
    FROM unnest(v_users) AS w(id)
    JOIN LATERAL (
      SELECT v.* FROM followed_thread_v1 v
       WHERE v.tenant_id = p_tenant AND v.user_id = w.id AND v.conversation_id = p_conversation AND v.root_seq = p_root
       LIMIT 1
    ) x ON true;
END
$$;

-- The reactions to some messages, which may be of different conversations (p_conversations and p_messages in pairs): per
-- message and key the count, and whether p_user is among them (null: nobody asks), in the order in which the keys came.
CREATE FUNCTION reaction_views_v1(p_tenant uuid, p_user text, p_conversations uuid[], p_messages bigint[])
RETURNS TABLE (conversation_id uuid, message_seq bigint, key text, count int, mine boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT n.conversation_id, n.message_seq, n.key, n.count, coalesce(p_user IS NOT NULL AND EXISTS (
           SELECT 1 FROM reaction r WHERE r.tenant_id = p_tenant AND r.conversation_id = n.conversation_id
              AND r.message_seq = n.message_seq AND r.key = n.key AND r.user_id = p_user), false)
    FROM unnest(p_conversations, p_messages) AS w(conversation, seq)
    CROSS JOIN LATERAL (
      SELECT x.conversation_id, x.message_seq, x.key, x.count, x.first_seq FROM reaction_count x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.conversation AND x.message_seq = w.seq
       ORDER BY x.key LIMIT 1000
    ) n
   ORDER BY n.conversation_id, n.message_seq, n.first_seq;
END
$$;

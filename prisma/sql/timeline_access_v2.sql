-- What users may see of conversations: the interval of seqs and the head, for each pair of p_users and p_conversations.
-- i: the place of the pair, from 1. No row: never a participant.
CREATE FUNCTION timeline_access_v2(p_tenant uuid, p_users text[], p_conversations uuid[])
RETURNS TABLE (i int, conversation_id uuid, visible_from bigint, left_seq bigint, role text, last_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT w.place::int, p.conversation_id, p.visible_from, p.left_seq, p.role, h.last_seq
    FROM unnest(p_users, p_conversations) WITH ORDINALITY AS w (user_id, id, place)
    JOIN LATERAL (
      SELECT x.conversation_id, x.visible_from, x.left_seq, x.role FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = w.user_id LIMIT 1
    ) p ON true
    JOIN LATERAL (
      SELECT x.last_seq FROM conversation_head x WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true
   ORDER BY w.place;
END
$$;

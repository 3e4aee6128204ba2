-- What a user may see of some conversations: its interval of seqs and the head. No row: never a participant.
CREATE FUNCTION timeline_access_v1(p_tenant uuid, p_user text, p_conversations uuid[])
RETURNS TABLE (conversation_id uuid, visible_from bigint, left_seq bigint, role text, last_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.conversation_id, p.visible_from, p.left_seq, p.role, h.last_seq
    FROM unnest(p_conversations) AS w(id)
    JOIN LATERAL (
      SELECT x.conversation_id, x.visible_from, x.left_seq, x.role FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = p_user LIMIT 1
    ) p ON true
    JOIN LATERAL (
      SELECT x.last_seq FROM conversation_head x WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true;
END
$$;

-- The heads of a user's current conversations by id, after p_after (null: from the beginning).
CREATE FUNCTION timeline_heads_v1(p_tenant uuid, p_user text, p_after uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, last_seq bigint, visible_from bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.conversation_id, h.last_seq, p.visible_from
    FROM participant p
    JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
   WHERE p.tenant_id = p_tenant AND p.user_id = p_user AND p.left_seq IS NULL
     AND (p_after IS NULL OR p.conversation_id > p_after)
   ORDER BY p.conversation_id
   LIMIT p_limit;
END
$$;

-- Every current membership of some users, with the head read at the same moment: what a gateway puts into its audience
-- index when these users connect.
CREATE FUNCTION timeline_audience_v1(p_tenant uuid, p_users text[])
RETURNS TABLE (user_id text, conversation_id uuid, visible_from bigint, last_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.user_id, p.conversation_id, p.visible_from, h.last_seq
    FROM participant p
    JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
   WHERE p.tenant_id = p_tenant AND p.user_id = ANY (p_users) AND p.left_seq IS NULL;
END
$$;

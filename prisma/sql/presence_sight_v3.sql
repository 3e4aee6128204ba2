-- Which of these users share a conversation with the viewer, or are the viewer, when each was seen last, and whether a block
-- keeps the two apart. Looked up from each user's memberships to the viewer's, until the first that both have: LATERAL, so
-- that the plan depends on no statistics.
CREATE FUNCTION presence_sight_v3(p_tenant uuid, p_viewer text, p_users text[])
RETURNS TABLE (user_id text, last_seen_at timestamptz, apart boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT u.id, p.last_seen_at,
         EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = p_viewer AND b.blocked_id = u.id)
           OR EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = u.id AND b.blocked_id = p_viewer)
    FROM unnest(p_users) AS s (id)
    CROSS JOIN LATERAL (SELECT y.id FROM app_user y WHERE y.tenant_id = p_tenant AND y.id = s.id LIMIT 1) u
    LEFT JOIN LATERAL (
      SELECT y.last_seen_at FROM user_presence y WHERE y.tenant_id = p_tenant AND y.user_id = s.id LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
      SELECT true AS shared
        FROM participant theirs
        JOIN participant own ON own.tenant_id = theirs.tenant_id AND own.conversation_id = theirs.conversation_id
                            AND own.user_id = p_viewer AND own.left_seq IS NULL
       WHERE theirs.tenant_id = p_tenant AND theirs.user_id = s.id AND theirs.left_seq IS NULL
       LIMIT 1) x ON true
   WHERE s.id = p_viewer OR x.shared;
END
$$;

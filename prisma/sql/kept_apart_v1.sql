-- Whom these users block or are blocked by, with the direct conversations of the two. One pass over the memberships of
-- those who have any such other, however many they have.
CREATE FUNCTION kept_apart_v1(p_tenant uuid, p_users text[])
RETURNS TABLE (user_id text, other_id text, conversation_ids uuid[])
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  WITH pair AS MATERIALIZED (
    SELECT b.user_id AS one, b.blocked_id AS other
      FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = ANY (p_users)
     UNION
    SELECT b.blocked_id, b.user_id
      FROM block b WHERE b.tenant_id = p_tenant AND b.blocked_id = ANY (p_users)
  ), direct AS MATERIALIZED (
    SELECT u.one, q.user_id AS other, p.conversation_id
      FROM (SELECT DISTINCT pair.one FROM pair) u
      JOIN participant p ON p.tenant_id = p_tenant AND p.user_id = u.one AND p.left_seq IS NULL
      JOIN conversation c ON c.tenant_id = p_tenant AND c.id = p.conversation_id AND c.kind = 'direct'
      JOIN participant q ON q.tenant_id = p_tenant AND q.conversation_id = p.conversation_id AND q.user_id <> u.one
  )
  SELECT pair.one, pair.other, coalesce(array_agg(d.conversation_id) FILTER (WHERE d.one IS NOT NULL), '{}')
    FROM pair LEFT JOIN direct d ON d.one = pair.one AND d.other = pair.other
   GROUP BY pair.one, pair.other;
END
$$;

-- What was written lately, over all tenants: everything committed whose created_at is not before p_watermark less the
-- overlap, as [{ t: tenant, c: conversation, s: newest seq, j: [{ u: user, s: seq of the join }] }]. `j` names those whose
-- joining is among it and who are members now: a gateway may not know the conversation yet. The overlap is for
-- transactions that were still open at the last reading; times are this server's.
-- At most p_limit messages and p_limit changes (more where the last ones share their millisecond): `cut` says that there
-- is more, and `to_at` is then where to go on, without an overlap. Without a watermark, or with one in the future (another server's clock),
-- it begins at the present.
CREATE FUNCTION system_tail_v1(p_watermark timestamptz, p_overlap_ms int, p_limit int)
RETURNS TABLE (from_at timestamptz, to_at timestamptz, cut boolean, entries json)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- Before the statement's snapshot: what is committed later is not promised to be among the answer.
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_from timestamptz := least(coalesce(p_watermark, v_now), v_now) - p_overlap_ms * interval '1 millisecond';
BEGIN
  RETURN QUERY
  WITH new_message AS MATERIALIZED (
    SELECT m.tenant_id, m.conversation_id, m.seq, m.created_at FROM message m
     WHERE m.created_at >= v_from
     ORDER BY m.created_at FETCH FIRST p_limit ROWS WITH TIES
  ),
  new_change AS MATERIALIZED (
    SELECT g.tenant_id, g.conversation_id, g.seq, g.created_at, g.type, g.payload FROM change g
     WHERE g.created_at >= v_from
     ORDER BY g.created_at FETCH FIRST p_limit ROWS WITH TIES
  ),
  reach AS MATERIALIZED (
    SELECT least(CASE WHEN x.messages >= p_limit THEN x.last_message END,
                 CASE WHEN x.changes >= p_limit THEN x.last_change END) AS cut_at
      FROM (SELECT (SELECT count(*) FROM new_message) AS messages, (SELECT max(n.created_at) FROM new_message n) AS last_message,
                   (SELECT count(*) FROM new_change) AS changes, (SELECT max(n.created_at) FROM new_change n) AS last_change) x
  ),
  head AS (
    SELECT n.tenant_id, n.conversation_id, max(n.seq) AS seq
      FROM (SELECT a.tenant_id, a.conversation_id, a.seq FROM new_message a
            UNION ALL
            SELECT b.tenant_id, b.conversation_id, b.seq FROM new_change b) n
     GROUP BY n.tenant_id, n.conversation_id
  ),
  joining AS (
    SELECT n.tenant_id, n.conversation_id, u.user_id, max(n.seq) AS seq
      FROM new_change n
      CROSS JOIN LATERAL (
        SELECT x.value->>'userId' AS user_id FROM jsonb_array_elements(n.payload->'participants') AS x(value)
      ) u
      JOIN LATERAL (
        SELECT 1 FROM participant p
         WHERE p.tenant_id = n.tenant_id AND p.conversation_id = n.conversation_id AND p.user_id = u.user_id
           AND p.left_seq IS NULL LIMIT 1
      ) current ON true
     WHERE n.type = 'participant.joined'
     GROUP BY n.tenant_id, n.conversation_id, u.user_id
  ),
  joined AS (
    SELECT i.tenant_id, i.conversation_id, json_agg(json_build_object('u', i.user_id, 's', i.seq)) AS users
      FROM joining i GROUP BY i.tenant_id, i.conversation_id
  )
  SELECT v_from, coalesce(r.cut_at + interval '1 millisecond', v_now), r.cut_at IS NOT NULL,
         coalesce((SELECT json_agg(json_strip_nulls(json_build_object('t', h.tenant_id, 'c', h.conversation_id,
                                                                      's', h.seq, 'j', j.users)))
                     FROM head h LEFT JOIN joined j USING (tenant_id, conversation_id)), '[]')
    FROM reach r;
END
$$;

-- Stores a page of messages with their original times into one conversation, for a server key: [{ i, id, s, k, h, t, at,
-- ts: { s, k } of the thread's root, m, md }], no (sender, key) twice. They take a seq and no ordinal, so that nothing
-- becomes unread. Outcomes: created, duplicate, key_conflict; root_missing: created, but outside a thread, because no root
-- of that name is there. A root may be a row of the same page that stands before its replies. Replies count in their
-- thread, but are nobody's unread, and make nobody follow it. Messages are found by their keys, as timeline_send finds
-- them.
CREATE FUNCTION timeline_import_v3(p_tenant uuid, p_conversation uuid, p_rows json)
RETURNS TABLE (i int, outcome text, id uuid, seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
BEGIN
  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT * FROM json_to_recordset(p_rows) AS r(i int, id uuid, s text, k text, h text, t text, at timestamptz,
                                                 rs text, rk text, m jsonb, md jsonb)
  ),
  judged AS MATERIALIZED (
    SELECT r.*, h.last_seq, d.id AS first_id, d.seq AS first_seq,
           CASE
             WHEN d.seq IS NULL THEN 'created'
             WHEN d.body_hash = decode(r.h, 'hex') THEN 'duplicate'
             ELSE 'key_conflict'
           END AS verdict
      FROM input r
      LEFT JOIN LATERAL (
        SELECT x.last_seq FROM conversation_head x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation LIMIT 1
      ) h ON true
      LEFT JOIN LATERAL (
        SELECT x.id, x.seq, x.body_hash FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.sender = r.s
           AND x.client_message_id >= r.k AND x.client_message_id <= r.k
         ORDER BY x.client_message_id LIMIT 1
      ) d ON true
  ),
  numbered AS MATERIALIZED (
    SELECT j.*, j.last_seq + row_number() OVER (ORDER BY j.i) AS new_seq FROM judged j WHERE j.verdict = 'created'
  ),
  rooted AS MATERIALIZED (
    SELECT n.*, coalesce(o.seq, p.new_seq) AS root_seq, coalesce(o.id, p.id) AS root_id
      FROM numbered n
      LEFT JOIN LATERAL (
        SELECT x.seq, x.id FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.sender = n.rs
           AND x.client_message_id >= n.rk AND x.client_message_id <= n.rk AND x.thread_root IS NULL
         ORDER BY x.client_message_id LIMIT 1
      ) o ON n.rk IS NOT NULL
      LEFT JOIN numbered p ON n.rk IS NOT NULL AND p.s = n.rs AND p.k = n.rk AND p.rk IS NULL AND p.i < n.i
  ),
  written AS (
    INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, kind, text,
                         thread_root, thread_root_id, mentions, metadata, imported, at, created_at)
    SELECT p_tenant, p_conversation, n.new_seq, n.id, n.s, n.k, decode(n.h, 'hex'), 'text', n.t,
           n.root_seq, n.root_id, coalesce(n.m, '[]'), coalesce(n.md, '{}'), true, n.at, v_now
      FROM rooted n
  ),
  counted AS (
    INSERT INTO thread AS t (tenant_id, conversation_id, root_seq, reply_count, last_seq, last_reply_at)
    SELECT p_tenant, p_conversation, n.root_seq, count(*), max(n.new_seq), (array_agg(n.at ORDER BY n.new_seq DESC))[1]
      FROM rooted n WHERE n.root_seq IS NOT NULL GROUP BY n.root_seq
    ON CONFLICT (tenant_id, conversation_id, root_seq) DO UPDATE
       SET reply_count = t.reply_count + excluded.reply_count, last_seq = excluded.last_seq,
           last_reply_at = excluded.last_reply_at
  ),
  replied AS (
    INSERT INTO thread_follower AS f (tenant_id, user_id, conversation_id, root_seq, reply_count)
    SELECT p_tenant, n.s, p_conversation, n.root_seq, count(*)
      FROM rooted n
      JOIN LATERAL (
        SELECT x.user_id FROM participant x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.user_id = n.s LIMIT 1
      ) p ON true
     WHERE n.root_seq IS NOT NULL GROUP BY n.s, n.root_seq
    ON CONFLICT (tenant_id, user_id, conversation_id, root_seq) DO UPDATE
       SET reply_count = f.reply_count + excluded.reply_count
  ),
  headed AS (
    UPDATE conversation_head h
       SET last_seq = g.newest, last_message_at = greatest(h.last_message_at, g.newest_at)
      FROM (SELECT max(n.new_seq) AS newest, max(n.at) AS newest_at FROM numbered n) g
     WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND g.newest IS NOT NULL
  )
  SELECT j.i,
         CASE WHEN n.rk IS NOT NULL AND n.root_seq IS NULL THEN 'root_missing' ELSE j.verdict END,
         coalesce(n.id, j.first_id), coalesce(n.new_seq, j.first_seq)
    FROM judged j LEFT JOIN rooted n ON n.i = j.i;
END
$$;

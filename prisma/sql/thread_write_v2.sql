-- Counts the replies of a batch in their threads, in the transaction of timeline_send that stored them and with its rows,
-- and lets follow who has to do with a thread: who replies, who is mentioned by name, and with the first reply the root's
-- author and those whom the root mentions. Who unfollowed stays so until it replies. A new follower has read what came
-- before: up to its own reply, or up to the reply before that which made it follow. Messages are found by their keys, as
-- timeline_send finds them; a row whose id is not the stored one was a repeat. What the system says counts nowhere.
CREATE FUNCTION thread_write_v2(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
BEGIN
  WITH reply AS MATERIALIZED (
    SELECT r.c, r.ts AS root, r.s, m.seq, m.thread_ordinal, m.mentions, m.at
      FROM json_to_recordset(p_rows) AS r(c uuid, id uuid, s text, k text, ts bigint)
      JOIN LATERAL (
        SELECT x.id, x.seq, x.thread_ordinal, x.mentions, x.at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s
           AND x.client_message_id >= r.k AND x.client_message_id <= r.k
         ORDER BY x.client_message_id LIMIT 1
      ) m ON m.id = r.id
     WHERE r.ts IS NOT NULL AND m.thread_ordinal IS NOT NULL
  ),
  counted AS (
    INSERT INTO thread AS t (tenant_id, conversation_id, root_seq, reply_count, ordinal_count, last_seq, last_reply_at)
    SELECT p_tenant, y.c, y.root, count(*), count(*), max(y.seq), max(y.at) FROM reply y GROUP BY y.c, y.root
    ON CONFLICT (tenant_id, conversation_id, root_seq) DO UPDATE
       SET reply_count = t.reply_count + excluded.reply_count, ordinal_count = t.ordinal_count + excluded.ordinal_count,
           last_seq = excluded.last_seq, last_reply_at = excluded.last_reply_at
  ),
  reached AS (
    SELECT y.c, y.root, y.s AS user_id, y.seq AS after_seq, y.thread_ordinal AS after_ordinal FROM reply y
    UNION ALL
    SELECT y.c, y.root, substr(t.target, 6), y.seq - 1, y.thread_ordinal - 1
      FROM reply y CROSS JOIN LATERAL mention_targets_v1(y.mentions) AS t(target)
     WHERE starts_with(t.target, 'user:')
    UNION ALL
    SELECT y.c, y.root, a.user_id, y.seq - 1, y.thread_ordinal - 1
      FROM reply y
      CROSS JOIN LATERAL (
        SELECT x.sender, x.mentions FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = y.c AND x.seq >= y.root AND x.seq <= y.root
         ORDER BY x.seq LIMIT 1
      ) o
      CROSS JOIN LATERAL (
        SELECT o.sender AS user_id
        UNION ALL
        SELECT substr(t.target, 6) FROM mention_targets_v1(o.mentions) AS t(target) WHERE starts_with(t.target, 'user:')
      ) a
     WHERE y.thread_ordinal = 1
  ),
  earliest AS MATERIALIZED (
    SELECT DISTINCT ON (e.c, e.root, e.user_id) e.c, e.root, e.user_id, e.after_seq, e.after_ordinal
      FROM reached e ORDER BY e.c, e.root, e.user_id, e.after_ordinal
  )
  INSERT INTO thread_follower AS f (tenant_id, user_id, conversation_id, root_seq, following, reply_count, read_seq,
                                    read_ordinal, own_after_read)
  SELECT p_tenant, n.user_id, n.c, n.root, true, own.total, n.after_seq, n.after_ordinal, own.later
    FROM earliest n
    CROSS JOIN LATERAL (
      SELECT count(*) AS total, count(*) FILTER (WHERE y.thread_ordinal > n.after_ordinal) AS later
        FROM reply y WHERE y.c = n.c AND y.root = n.root AND y.s = n.user_id
    ) own
    JOIN LATERAL (
      SELECT x.left_seq, x.visible_from FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = n.c AND x.user_id = n.user_id LIMIT 1
    ) p ON p.left_seq IS NULL AND p.visible_from <= n.root
  ON CONFLICT (tenant_id, user_id, conversation_id, root_seq) DO UPDATE
     SET following = true, reply_count = f.reply_count + excluded.reply_count,
         read_seq = CASE WHEN f.following THEN f.read_seq ELSE excluded.read_seq END,
         read_ordinal = CASE WHEN f.following THEN f.read_ordinal ELSE excluded.read_ordinal END,
         own_after_read = CASE WHEN f.following THEN f.own_after_read + excluded.reply_count
                               ELSE excluded.own_after_read END
   WHERE excluded.reply_count > 0 OR f.following IS NULL;
END
$$;

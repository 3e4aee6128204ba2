-- A send finds the message of its key by the key's own index, whatever the statistics say.

-- Writes whom the messages of a batch mention, in the transaction of timeline_send that stored them and with its rows: one
-- row per user, role or group that is named, never one per participant. Messages are found by their keys, as timeline_send
-- finds them; a row whose id is not the stored one was a repeat. The head learns of the newest, so that only those who have
-- it before them count.
CREATE FUNCTION mention_write_v2(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
BEGIN
  WITH mentioning AS MATERIALIZED (
    SELECT r.c, m.seq, r.s, r.m
      FROM json_to_recordset(p_rows) AS r(c uuid, id uuid, s text, k text, m jsonb)
      JOIN LATERAL (
        SELECT x.id, x.seq FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s
           AND x.client_message_id >= r.k AND x.client_message_id <= r.k
         ORDER BY x.client_message_id LIMIT 1
      ) m ON m.id = r.id
     WHERE jsonb_array_length(r.m) > 0
  ),
  written AS (
    INSERT INTO mention (tenant_id, conversation_id, target, message_seq, sender)
    SELECT p_tenant, n.c, t.target, n.seq, n.s FROM mentioning n CROSS JOIN LATERAL mention_targets_v1(n.m) AS t(target)
  )
  INSERT INTO conversation_head AS h (tenant_id, conversation_id, last_mention_seq)
  SELECT p_tenant, n.c, max(n.seq) FROM mentioning n GROUP BY n.c
  ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET last_mention_seq = excluded.last_mention_seq;
END
$$;

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

-- Stores a batch of sends of one tenant, at most 64, no (conversation, sender, key) twice. Each row:
--   { i, c: conversation, id, s: sender, k: clientMessageId, h: body hash in hex, kind, t: text,
--     rs, ri: seq and id of the message it replies to, ts, ti: the same of its thread root, m: mentions, md: metadata }
-- Where p_handlers has any, each created message leaves an event in the outbox for them, under the message's own id.
-- Returns one outcome per row: created, duplicate (with the first message's id, seq and time), key_conflict,
-- not_member (also where there is no such conversation), closed, blocked, posting_denied, mention_denied,
-- reply_not_found, slow_mode (then `at` is when the sender may send again). A refused row never raises and takes no seq.
-- What the system says is bound by membership and status alone; in slow mode owners and admins do not wait, and of one
-- sender's rows the first one counts.
-- The heads are locked first, in the order of their ids (no deadlock); what decides is read in a new statement, whose
-- snapshot is taken after the locks: one statement alone would store messages of members removed meanwhile.
-- One plan whatever the statistics say, also on a fresh database: LATERAL look-ups by whole keys; the references are looked
-- up by a range of one seq, which only the primary key orders, and the message of a send's key by a range of one key, which
-- only its unique index orders, with sorting discouraged: by equality the primary key looks as good while little is stored,
-- and walks the conversation; the counters are raised by ON CONFLICT (their rows always exist), because an UPDATE with a
-- join walks all rows of the tenant until the first ANALYZE. And planned once: PostgreSQL would plan it anew for every
-- call, for 2 ms, because with the parameters' values it looks cheaper.
CREATE FUNCTION timeline_send_v4(p_tenant uuid, p_rows json, p_handlers text[])
RETURNS TABLE (i int, outcome text, id uuid, seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
DECLARE
  v_now timestamptz;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);

  PERFORM 1 FROM conversation_head h
    WHERE h.tenant_id = p_tenant
      AND h.conversation_id = ANY (ARRAY(SELECT (r.value->>'c')::uuid FROM json_array_elements(p_rows) r))
    ORDER BY h.conversation_id
    FOR NO KEY UPDATE;

  v_now := date_trunc('milliseconds', clock_timestamp());

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT * FROM json_to_recordset(p_rows) AS r(i int, c uuid, id uuid, s text, k text, h text, kind text, t text,
                                                 rs bigint, ri uuid, ts bigint, ti uuid, m jsonb, md jsonb)
  ),
  judged AS MATERIALIZED (
    SELECT r.*, h.last_seq, h.message_count, d.id AS first_id, d.seq AS first_seq, d.at AS first_at,
           r.ts IS NULL AND r.kind <> 'system' AS counted,
           CASE
             WHEN d.seq IS NOT NULL AND d.body_hash = decode(r.h, 'hex') THEN 'duplicate'
             WHEN d.seq IS NOT NULL THEN 'key_conflict'
             WHEN p.user_id IS NULL OR p.left_seq IS NOT NULL THEN 'not_member'
             WHEN cv.status <> 'active' THEN 'closed'
             WHEN cv.blocked AND r.kind <> 'system' THEN 'blocked'
             WHEN cv.posting <> 'everyone' AND r.kind <> 'system'
                  AND NOT (cv.posting = 'admins' AND p.role IN ('owner', 'admin')) THEN 'posting_denied'
             WHEN r.m @? '$[*].group' AND NOT (p.role IN ('owner', 'admin') OR p.role = 'member' AND cv.kind <> 'channel')
               THEN 'mention_denied'
             WHEN r.rs IS NOT NULL AND NOT coalesce((
               SELECT x.id = r.ri AND x.seq >= p.visible_from FROM message x
                WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.rs AND x.seq <= r.rs
                ORDER BY x.seq LIMIT 1), false) THEN 'reply_not_found'
             WHEN r.ts IS NOT NULL AND NOT coalesce((
               SELECT x.id = r.ti AND x.seq >= p.visible_from AND x.thread_root IS NULL FROM message x
                WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.ts AND x.seq <= r.ts
                ORDER BY x.seq LIMIT 1), false) THEN 'reply_not_found'
             WHEN cv.slow_mode_seconds > 0 AND r.kind <> 'system' AND p.role IN ('member', 'guest')
                  AND p.last_sent_at > v_now - make_interval(secs => cv.slow_mode_seconds) THEN 'slow_mode'
             ELSE 'created'
           END AS verdict,
           CASE WHEN cv.slow_mode_seconds > 0 AND r.kind <> 'system' AND p.role IN ('member', 'guest')
             THEN make_interval(secs => cv.slow_mode_seconds) END AS pause, p.last_sent_at
      FROM input r
      LEFT JOIN LATERAL (
        SELECT x.last_seq, x.message_count FROM conversation_head x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c LIMIT 1
      ) h ON true
      LEFT JOIN LATERAL (
        SELECT x.id, x.seq, x.at, x.body_hash FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s
           AND x.client_message_id >= r.k AND x.client_message_id <= r.k
         ORDER BY x.client_message_id LIMIT 1
      ) d ON true
      LEFT JOIN LATERAL (
        SELECT x.user_id, x.left_seq, x.visible_from, x.role, x.last_sent_at FROM participant x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.user_id = r.s LIMIT 1
      ) p ON true
      LEFT JOIN LATERAL (
        SELECT x.kind, x.status, x.posting, x.slow_mode_seconds, x.blocked FROM conversation x
         WHERE x.tenant_id = p_tenant AND x.id = r.c LIMIT 1
      ) cv ON true
  ),
  numbered AS MATERIALIZED (
    SELECT j.*,
           j.last_seq + row_number() OVER arrival AS new_seq,
           CASE WHEN j.counted THEN j.message_count + count(*) FILTER (WHERE j.counted) OVER arrival END AS new_ordinal
      FROM judged j
     WHERE j.verdict = 'created'
       AND (j.pause IS NULL OR NOT EXISTS (
         SELECT 1 FROM judged o WHERE o.c = j.c AND o.s = j.s AND o.i < j.i AND o.verdict = 'created' AND o.pause IS NOT NULL))
    WINDOW arrival AS (PARTITION BY j.c ORDER BY j.i)
  ),
  written AS (
    INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, thread_ordinal,
                         kind, text, reply_to, reply_to_id, thread_root, thread_root_id, mentions, metadata, at, created_at)
    SELECT p_tenant, n.c, n.new_seq, n.id, n.s, n.k, decode(n.h, 'hex'), n.new_ordinal,
           CASE WHEN n.ts IS NOT NULL AND n.kind <> 'system' THEN
             coalesce((SELECT x.ordinal_count FROM thread x
                        WHERE x.tenant_id = p_tenant AND x.conversation_id = n.c AND x.root_seq = n.ts LIMIT 1), 0)
             + (SELECT count(*) FROM numbered o WHERE o.c = n.c AND o.ts = n.ts AND o.kind <> 'system' AND o.i <= n.i)
           END, n.kind, n.t,
           n.rs, n.ri, n.ts, n.ti, coalesce(n.m, '[]'), coalesce(n.md, '{}'), v_now, v_now
      FROM numbered n
  ),
  headed AS (
    INSERT INTO conversation_head AS h (tenant_id, conversation_id, last_seq, message_count, last_message_at)
    SELECT p_tenant, n.c, max(n.new_seq), count(n.new_ordinal), v_now FROM numbered n GROUP BY n.c
    ON CONFLICT (tenant_id, conversation_id) DO UPDATE
       SET last_seq = excluded.last_seq, message_count = h.message_count + excluded.message_count,
           last_message_at = excluded.last_message_at
  ),
  posted AS (
    INSERT INTO outbox (tenant_id, id, event, conversation_id, seq, handlers, created_at)
    SELECT p_tenant, n.id, 'message.created', n.c, n.new_seq, p_handlers, v_now
      FROM numbered n
     WHERE cardinality(p_handlers) > 0
  ),
  owned AS (
    INSERT INTO participant AS p (tenant_id, conversation_id, user_id, visible_from, joined_at, own_after_read,
                                  last_sent_at)
    SELECT p_tenant, n.c, n.s, 1, v_now, count(n.new_ordinal), v_now
      FROM numbered n WHERE n.kind <> 'system' GROUP BY n.c, n.s
    ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE
       SET own_after_read = p.own_after_read + excluded.own_after_read, last_sent_at = excluded.last_sent_at
  )
  SELECT j.i, CASE WHEN j.verdict = 'created' AND n.i IS NULL THEN 'slow_mode' ELSE j.verdict END,
         coalesce(n.id, j.first_id), coalesce(n.new_seq, j.first_seq),
         CASE WHEN n.i IS NOT NULL THEN v_now
              WHEN j.verdict = 'slow_mode' THEN j.last_sent_at + j.pause
              WHEN j.verdict = 'created' THEN v_now + j.pause
              ELSE j.first_at END
    FROM judged j LEFT JOIN numbered n ON n.i = j.i;

  -- What a row does not have is no field of it: a batch without mentions and replies, as nearly all are, does no more.
  IF strpos(p_rows::text, '"m":') > 0 THEN
    PERFORM mention_write_v2(p_tenant, p_rows);
  END IF;
  IF strpos(p_rows::text, '"ts":') > 0 THEN
    PERFORM thread_write_v2(p_tenant, p_rows);
  END IF;
END
$$;

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

-- Functions named system_* are the system role's, all others the application's.
DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f,
                   CASE WHEN f::text LIKE 'system\_%' THEN 'parley_system' ELSE 'parley_app' END);
  END LOOP;
END
$$;

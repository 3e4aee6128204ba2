-- What is unread in threads, for those who follow them.

-- Place among the counted replies of its thread; null outside of threads, for system messages and imports.
ALTER TABLE "message" ADD COLUMN "thread_ordinal" BIGINT;
-- The deleted ones among the counted replies, with their senders: what a thread's unread count leaves out.
CREATE INDEX "message_thread_deleted_idx" ON "message" ("tenant_id", "conversation_id", "thread_root", "seq")
  INCLUDE ("sender") WHERE "deleted_at" IS NOT NULL AND "thread_ordinal" IS NOT NULL;

-- A thread's counters. Never indexed on them, so that every update stays HOT.
CREATE TABLE "thread" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "root_seq" BIGINT NOT NULL,
  "reply_count" BIGINT NOT NULL DEFAULT 0,
  "ordinal_count" BIGINT NOT NULL DEFAULT 0,
  "last_seq" BIGINT NOT NULL DEFAULT 0,
  "last_reply_at" TIMESTAMPTZ(3),
  "last_deleted_seq" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "thread_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "root_seq")
) WITH (fillfactor = 50);
ALTER TABLE "thread" ADD CONSTRAINT "thread_tenant_id_conversation_id_root_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "root_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "thread" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "thread"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The key serves a user's own threads; the index those who are in one.
CREATE TABLE "thread_follower" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "conversation_id" UUID NOT NULL,
  "root_seq" BIGINT NOT NULL,
  "following" BOOLEAN,
  "reply_count" BIGINT NOT NULL DEFAULT 0,
  "read_seq" BIGINT NOT NULL DEFAULT 0,
  "read_ordinal" BIGINT NOT NULL DEFAULT 0,
  "own_after_read" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "thread_follower_pkey" PRIMARY KEY ("tenant_id", "user_id", "conversation_id", "root_seq")
) WITH (fillfactor = 80);
CREATE INDEX "thread_follower_tenant_id_conversation_id_root_seq_user_id_idx"
  ON "thread_follower" ("tenant_id", "conversation_id", "root_seq", "user_id");
ALTER TABLE "thread_follower" ADD CONSTRAINT "thread_follower_tenant_id_conversation_id_root_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "root_seq")
  REFERENCES "thread" ("tenant_id", "conversation_id", "root_seq") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "thread_follower" ADD CONSTRAINT "thread_follower_tenant_id_conversation_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "user_id")
  REFERENCES "participant" ("tenant_id", "conversation_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "thread_follower" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "thread_follower"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Every thread that a user follows in a conversation where it is, with what is unread there: the same subtraction as for
-- conversations, by the thread's own ordinals, behind the thread's own read marker. A root from before the user's time is
-- no thread of it.
-- The view has no rights of its own: row-level security is that of whoever reads it.
CREATE VIEW followed_thread_v1 WITH (security_invoker = true) AS
SELECT f.tenant_id, f.user_id, f.conversation_id, f.root_seq, f.read_seq, t.reply_count, t.last_seq, t.last_reply_at,
       t.ordinal_count - f.read_ordinal - f.own_after_read
         - CASE WHEN t.last_deleted_seq <= f.read_seq THEN 0 ELSE (
             SELECT count(*) FROM message m
              WHERE m.tenant_id = f.tenant_id AND m.conversation_id = f.conversation_id AND m.thread_root = f.root_seq
                AND m.seq > f.read_seq
                AND m.deleted_at IS NOT NULL AND m.thread_ordinal IS NOT NULL AND m.sender <> f.user_id
           ) END AS unread
  FROM thread_follower f
  JOIN thread t ON t.tenant_id = f.tenant_id AND t.conversation_id = f.conversation_id AND t.root_seq = f.root_seq
  JOIN participant p ON p.tenant_id = f.tenant_id AND p.conversation_id = f.conversation_id AND p.user_id = f.user_id
 WHERE f.following AND p.left_seq IS NULL AND p.visible_from <= f.root_seq;

-- Counts the replies of a batch in their threads, in the transaction of timeline_send that stored them and with its rows,
-- and lets follow who has to do with a thread: who replies, who is mentioned by name, and with the first reply the root's
-- author and those whom the root mentions. Who unfollowed stays so until it replies. A new follower has read what came
-- before: up to its own reply, or up to the reply before that which made it follow.
-- Messages are found by their keys; a row whose id is not the stored one was a repeat. What the system says counts nowhere.
CREATE FUNCTION thread_write_v1(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  WITH reply AS MATERIALIZED (
    SELECT r.c, r.ts AS root, r.s, m.seq, m.thread_ordinal, m.mentions, m.at
      FROM json_to_recordset(p_rows) AS r(c uuid, id uuid, s text, k text, ts bigint)
      JOIN LATERAL (
        SELECT x.id, x.seq, x.thread_ordinal, x.mentions, x.at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s AND x.client_message_id = r.k
         LIMIT 1
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

-- Takes a reply that was deleted this moment off its thread, under the head's lock. The thread learns of a counted one, so
-- that unread counts are corrected only for those who have it before them. Nothing happens for what is no reply.
CREATE FUNCTION thread_shrink_v1(p_tenant uuid, p_conversation uuid, p_seq bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_reply message;
BEGIN
  SELECT m.* INTO v_reply FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
   ORDER BY m.seq LIMIT 1;
  IF v_reply.thread_root IS NULL OR v_reply.kind = 'system' THEN
    RETURN;
  END IF;
  UPDATE thread t
     SET reply_count = t.reply_count - 1,
         last_reply_at = (
           SELECT m.at FROM message m
            WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = v_reply.thread_root
              AND m.deleted_at IS NULL AND m.kind <> 'system'
            ORDER BY m.seq DESC LIMIT 1),
         last_deleted_seq = CASE WHEN v_reply.thread_ordinal IS NULL THEN t.last_deleted_seq
                                 ELSE greatest(t.last_deleted_seq, p_seq) END
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = v_reply.thread_root;
  UPDATE thread_follower f SET reply_count = f.reply_count - 1
   WHERE f.tenant_id = p_tenant AND f.user_id = v_reply.sender AND f.conversation_id = p_conversation
     AND f.root_seq = v_reply.thread_root;
END
$$;

-- Lets a user follow a thread, or no longer. A new follower has read what is there. The caller has checked that the root is
-- one and is seen. False: nothing changed, also where the user is no participant.
-- The participant is locked first, as by whatever changes what is a user's own; what decides is read in new statements.
CREATE FUNCTION thread_follow_v1(p_tenant uuid, p_user text, p_conversation uuid, p_root bigint, p_following boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM 1 FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO thread (tenant_id, conversation_id, root_seq) VALUES (p_tenant, p_conversation, p_root)
  ON CONFLICT DO NOTHING;
  INSERT INTO thread_follower AS f (tenant_id, user_id, conversation_id, root_seq, following, read_seq, read_ordinal)
  SELECT p_tenant, p_user, p_conversation, p_root, p_following, t.last_seq, t.ordinal_count
    FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = p_root
  ON CONFLICT (tenant_id, user_id, conversation_id, root_seq) DO UPDATE
     SET following = excluded.following, read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal,
         own_after_read = 0
   WHERE f.following IS DISTINCT FROM excluded.following;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE participant p SET own_version = p.own_version + 1
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
  RETURN true;
END
$$;

-- Marks a thread read for one of its followers, up to p_seq (null: up to its newest reply). The marker never falls and never
-- passes the newest reply. False: nothing changed, also where the user does not follow. Locks as in thread_follow_v1, so
-- that a reply of the same user waits or is seen.
CREATE FUNCTION thread_read_v1(p_tenant uuid, p_user text, p_conversation uuid, p_root bigint, p_seq bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_own thread_follower;
  v_last bigint;
  v_count bigint;
  v_to bigint;
  v_ordinal bigint;
  v_own_after bigint;
BEGIN
  PERFORM 1 FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT f.* INTO v_own FROM thread_follower f
   WHERE f.tenant_id = p_tenant AND f.user_id = p_user AND f.conversation_id = p_conversation AND f.root_seq = p_root
     AND f.following
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;

  SELECT t.last_seq, t.ordinal_count INTO v_last, v_count FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = p_root LIMIT 1;
  v_to := least(coalesce(p_seq, v_last), v_last);
  IF v_to <= v_own.read_seq THEN
    RETURN false;
  END IF;
  IF v_to = v_last THEN
    v_ordinal := v_count;
    v_own_after := 0;
  ELSE
    SELECT coalesce(max(m.thread_ordinal), v_own.read_ordinal),
           v_own.own_after_read - count(*) FILTER (WHERE m.sender = p_user)
      INTO v_ordinal, v_own_after
      FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_root
       AND m.seq > v_own.read_seq AND m.seq <= v_to AND m.thread_ordinal IS NOT NULL;
  END IF;
  UPDATE thread_follower f SET read_seq = v_to, read_ordinal = v_ordinal, own_after_read = v_own_after
   WHERE f.tenant_id = p_tenant AND f.user_id = p_user AND f.conversation_id = p_conversation AND f.root_seq = p_root;
  UPDATE participant p SET own_version = p.own_version + 1
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
  RETURN true;
END
$$;

-- How these threads stand (p_conversations and p_roots in pairs) and what is p_user's own about them; null: nobody's. For a
-- user only those in conversations where it is, from its time on. A thread that nobody replied to or follows has no row.
CREATE FUNCTION thread_states_v1(p_tenant uuid, p_user text, p_conversations uuid[], p_roots bigint[])
RETURNS TABLE (conversation_id uuid, root_seq bigint, replies bigint, last_seq bigint, last_reply_at timestamptz,
               following boolean, read_seq bigint, unread bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT w.conversation, w.root, t.reply_count, t.last_seq, t.last_reply_at, f.user_id IS NOT NULL, coalesce(f.read_seq, 0),
         coalesce(f.unread, 0), date_trunc('milliseconds', clock_timestamp())
    FROM unnest(p_conversations, p_roots) AS w(conversation, root)
    JOIN LATERAL (
      SELECT x.reply_count, x.last_seq, x.last_reply_at FROM thread x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.conversation AND x.root_seq = w.root LIMIT 1
    ) t ON true
    LEFT JOIN LATERAL (
      SELECT x.user_id, x.read_seq, x.unread FROM followed_thread_v1 x
       WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.conversation_id = w.conversation AND x.root_seq = w.root
       LIMIT 1
    ) f ON true
   WHERE p_user IS NULL OR EXISTS (
           SELECT 1 FROM participant p
            WHERE p.tenant_id = p_tenant AND p.conversation_id = w.conversation AND p.user_id = p_user
              AND p.left_seq IS NULL AND p.visible_from <= w.root);
END
$$;

-- How a thread stands for each of its followers, where there are at most p_limit of them; no row where there are more.
CREATE FUNCTION thread_follower_states_v1(p_tenant uuid, p_conversation uuid, p_root bigint, p_limit int)
RETURNS TABLE (user_id text, replies bigint, last_seq bigint, last_reply_at timestamptz, read_seq bigint, unread bigint,
               at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_users text[];
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  v_users := ARRAY(
    SELECT f.user_id FROM thread_follower f
     WHERE f.tenant_id = p_tenant AND f.conversation_id = p_conversation AND f.root_seq = p_root AND f.following
     ORDER BY f.user_id LIMIT p_limit + 1);
  IF cardinality(v_users) > p_limit THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT x.user_id, x.reply_count, x.last_seq, x.last_reply_at, x.read_seq, x.unread,
         date_trunc('milliseconds', clock_timestamp())
    FROM unnest(v_users) AS w(id)
    JOIN LATERAL (
      SELECT v.* FROM followed_thread_v1 v
       WHERE v.tenant_id = p_tenant AND v.user_id = w.id AND v.conversation_id = p_conversation AND v.root_seq = p_root
       LIMIT 1
    ) x ON true;
END
$$;

-- Places of the threads that a user follows and that have replies, the last active first, after (p_after_at,
-- p_after_conversation, p_after_root) where a page goes on; p_unread: only those with something unread (true), or without
-- (false). Sorted at read time, like the list of conversations.
CREATE FUNCTION thread_places_v1(p_tenant uuid, p_user text, p_unread boolean, p_after_at timestamptz,
                                 p_after_conversation uuid, p_after_root bigint, p_limit int)
RETURNS TABLE (conversation_id uuid, root_seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT x.conversation_id, x.root_seq, x.last_reply_at FROM followed_thread_v1 x
   WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.last_reply_at IS NOT NULL
     AND (p_unread IS NULL OR (x.unread > 0) = p_unread)
     AND (p_after_root IS NULL OR (x.last_reply_at, x.conversation_id, x.root_seq)
                                  < (p_after_at, p_after_conversation, p_after_root))
   ORDER BY 3 DESC, 1 DESC, 2 DESC
   LIMIT p_limit;
END
$$;

-- Roots of a conversation's threads that have replies, from p_high down to p_low: the newest root first.
CREATE FUNCTION conversation_threads_v1(p_tenant uuid, p_conversation uuid, p_low bigint, p_high bigint, p_limit int)
RETURNS TABLE (root_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT t.root_seq FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq BETWEEN p_low AND p_high
     AND t.reply_count > 0
   ORDER BY t.root_seq DESC LIMIT p_limit;
END
$$;

-- Who has replied in a thread, with the number of its replies that are left, by user id after p_after.
CREATE FUNCTION thread_repliers_v1(p_tenant uuid, p_conversation uuid, p_root bigint, p_after text, p_limit int)
RETURNS TABLE (user_id text, replies bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  -- A user id is never empty.
  RETURN QUERY
  SELECT f.user_id, f.reply_count FROM thread_follower f
   WHERE f.tenant_id = p_tenant AND f.conversation_id = p_conversation AND f.root_seq = p_root
     AND f.user_id > coalesce(p_after, '') AND f.reply_count > 0
   ORDER BY f.user_id LIMIT p_limit;
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
-- One plan whatever the statistics say, also on a fresh database: LATERAL look-ups by whole keys; the references are
-- looked up by a range of one seq, which only the primary key orders; the counters are raised by ON CONFLICT (their rows
-- always exist), because an UPDATE with a join walks all rows of the tenant until the first ANALYZE. And planned once:
-- PostgreSQL would plan it anew for every call, for 2 ms, because with the parameters' values it looks cheaper.
CREATE FUNCTION timeline_send_v3(p_tenant uuid, p_rows json, p_handlers text[])
RETURNS TABLE (i int, outcome text, id uuid, seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s AND x.client_message_id = r.k
         LIMIT 1
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
    PERFORM mention_write_v1(p_tenant, p_rows);
  END IF;
  IF strpos(p_rows::text, '"ts":') > 0 THEN
    PERFORM thread_write_v1(p_tenant, p_rows);
  END IF;
END
$$;

-- Makes a message a tombstone under its head's lock: its place stays, its content goes. For p_keep_days what it said, and
-- what it said before its edits, is kept as revisions, which moderators alone may read; at 0 nothing is. The caller has
-- appended the change that tells of it, at p_at. Returns the tombstone.
-- A deletion is no edit: the version stays. The head learns of a counted message, so that unread counts are corrected only
-- for those who have it before them.
CREATE FUNCTION timeline_delete_v2(p_tenant uuid, p_conversation uuid, p_seq bigint, p_actor text, p_at timestamptz,
                                   p_keep_days int)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF p_keep_days > 0 THEN
    INSERT INTO message_revision (tenant_id, conversation_id, message_seq, version, text, mentions, metadata, at,
                                  replaced_at, replaced_by)
    SELECT p_tenant, p_conversation, m.seq, m.version, m.text, m.mentions, m.metadata, coalesce(m.edited_at, m.at), p_at,
           p_actor
      FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
     ORDER BY m.seq LIMIT 1;
    UPDATE message_revision r SET purge_at = p_at + p_keep_days * interval '1 day'
     WHERE r.tenant_id = p_tenant AND r.conversation_id = p_conversation AND r.message_seq = p_seq;
  ELSE
    DELETE FROM message_revision r
     WHERE r.tenant_id = p_tenant AND r.conversation_id = p_conversation AND r.message_seq = p_seq;
  END IF;
  RETURN QUERY
  UPDATE message m SET text = '', mentions = '[]', metadata = '{}', deleted_at = p_at
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq = p_seq
  RETURNING m.*;
  DELETE FROM mention n
   WHERE n.message_seq = p_seq AND n.conversation_id = p_conversation AND n.tenant_id = p_tenant;
  PERFORM thread_shrink_v1(p_tenant, p_conversation, p_seq);
  UPDATE conversation_head h SET last_deleted_seq = p_seq
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND h.last_deleted_seq < p_seq
     AND EXISTS (SELECT 1 FROM message m
                  WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
                    AND m.ordinal IS NOT NULL ORDER BY m.seq LIMIT 1);
END
$$;

-- Stores a page of messages with their original times into one conversation, for a server key: [{ i, id, s, k, h, t, at,
-- ts: { s, k } of the thread's root, m, md }], no (sender, key) twice. They take a seq and no ordinal, so that nothing
-- becomes unread. Outcomes: created, duplicate, key_conflict; root_missing: created, but outside a thread, because no
-- root of that name is there. A root may be a row of the same page that stands before its replies. Replies count in their
-- thread, but are nobody's unread, and make nobody follow it.
CREATE FUNCTION timeline_import_v2(p_tenant uuid, p_conversation uuid, p_rows json)
RETURNS TABLE (i int, outcome text, id uuid, seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
           AND x.client_message_id = r.k
         LIMIT 1
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
           AND x.client_message_id = n.rk AND x.thread_root IS NULL
         LIMIT 1
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

-- The heads of a user's current conversations by id, after p_after (null: from the beginning), with what is unread there
-- and mentions the user, and what is unread in the threads that it follows.
CREATE FUNCTION timeline_heads_v3(p_tenant uuid, p_user text, p_after uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, last_seq bigint, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, thread_unread bigint, own_version int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, m.last_seq, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions,
         (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.conversation_id = m.conversation_id),
         m.own_version
    FROM membership_v2 m
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND (p_after IS NULL OR m.conversation_id > p_after)
   ORDER BY m.conversation_id
   LIMIT p_limit;
END
$$;

-- What is unread in all of a user's current conversations together, but for the hidden ones, and which part of that is in
-- muted ones: O(own conversations) integers. A conversation that was marked unread is one, whatever is left to count in it.
-- Beside it what is unread in the threads that the user follows, wherever they are.
CREATE FUNCTION unread_totals_v2(p_tenant uuid, p_user text)
RETURNS TABLE (messages bigint, conversations bigint, mentions bigint, muted_messages bigint, muted_conversations bigint,
               muted_mentions bigint, thread_replies bigint, threads bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT coalesce(sum(u.unread), 0)::bigint, count(*) FILTER (WHERE u.is_unread), coalesce(sum(u.mentions), 0)::bigint,
         coalesce(sum(u.unread) FILTER (WHERE u.muted), 0)::bigint, count(*) FILTER (WHERE u.is_unread AND u.muted),
         coalesce(sum(u.mentions) FILTER (WHERE u.muted), 0)::bigint,
         (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user),
         (SELECT count(*) FROM followed_thread_v1 x
           WHERE x.tenant_id = p_tenant AND x.user_id = p_user AND x.unread > 0)
    FROM (
      SELECT m.unread, m.unread > 0 OR m.unread_from_seq IS NOT NULL AS is_unread, m.mentions, m.muted
        FROM membership_v2 m
       WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND NOT m.hidden
    ) u;
END
$$;

-- Threads from before they were counted: their replies are nobody's unread.
INSERT INTO "thread" (tenant_id, conversation_id, root_seq, reply_count, last_seq, last_reply_at)
SELECT m.tenant_id, m.conversation_id, m.thread_root, count(*) FILTER (WHERE m.deleted_at IS NULL), max(m.seq),
       (array_agg(m.at ORDER BY m.seq DESC) FILTER (WHERE m.deleted_at IS NULL))[1]
  FROM "message" m WHERE m.thread_root IS NOT NULL AND m.kind <> 'system'
 GROUP BY m.tenant_id, m.conversation_id, m.thread_root;
INSERT INTO "thread_follower" (tenant_id, user_id, conversation_id, root_seq, reply_count)
SELECT m.tenant_id, m.sender, m.conversation_id, m.thread_root, count(*) FILTER (WHERE m.deleted_at IS NULL)
  FROM "message" m
  JOIN "participant" p ON p.tenant_id = m.tenant_id AND p.conversation_id = m.conversation_id AND p.user_id = m.sender
 WHERE m.thread_root IS NOT NULL AND m.kind <> 'system'
 GROUP BY m.tenant_id, m.sender, m.conversation_id, m.thread_root;

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

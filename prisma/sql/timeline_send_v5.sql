-- Stores a batch of sends of one tenant, at most 64, no (conversation, sender, key) twice. Each row:
--   { i, c: conversation, id, s: sender, k: clientMessageId, h: body hash in hex, kind, t: text,
--     rs, ri: seq and id of the message it replies to, ts, ti: the same of its thread root, m: mentions, md: metadata }
-- Where p_handlers has any, the created messages leave one event in the outbox for them all, under the id of one of them:
-- 64 rows to write, claim and clear would cost more than what the handlers do. Its payload has their places as two lists.
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
CREATE FUNCTION timeline_send_v5(p_tenant uuid, p_rows json, p_handlers text[])
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
    INSERT INTO outbox (tenant_id, id, event, payload, handlers, created_at)
    SELECT p_tenant, (array_agg(n.id))[1], 'message.created',
           jsonb_build_object('conversationIds', array_agg(n.c), 'seqs', array_agg(n.new_seq)), p_handlers, v_now
      FROM numbered n
     WHERE cardinality(p_handlers) > 0
    HAVING count(*) > 0
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

-- The outbox, from which jobs are made, and the search text of messages; the functions of prisma/sql that use them.

-- Rows come and go, and in between change where they stand: room on the page, and a vacuum that keeps up with it. No
-- foreign key: each would lock a row that all sends share.
CREATE TABLE "outbox" (
  "tenant_id" UUID NOT NULL,
  "id" UUID NOT NULL,
  "event" TEXT NOT NULL,
  "conversation_id" UUID,
  "seq" BIGINT,
  "payload" JSONB NOT NULL DEFAULT '{}',
  "handlers" TEXT[] NOT NULL,
  "dead" TEXT[] NOT NULL DEFAULT '{}',
  "dead_reason" TEXT,
  "queued_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "outbox_pkey" PRIMARY KEY ("tenant_id", "id")
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
CREATE INDEX "outbox_queued_at_idx" ON "outbox" ("queued_at");

CREATE TABLE "message_search" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "seq" BIGINT NOT NULL,
  "message_id" UUID NOT NULL,
  "words" TSVECTOR NOT NULL,
  CONSTRAINT "message_search_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "seq")
);
CREATE INDEX "message_search_words_idx" ON "message_search" USING GIN ("words");
ALTER TABLE "message_search" ADD CONSTRAINT "message_search_tenant_id_conversation_id_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['outbox', 'message_search'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_wall ON %I USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
  END LOOP;
END
$$;

-- The messages that are there already are to be found too.
INSERT INTO "outbox" ("tenant_id", "id", "event", "conversation_id", "seq", "handlers", "created_at")
SELECT "tenant_id", "id", 'message.created', "conversation_id", "seq", ARRAY['search.index'], "created_at" FROM "message";

-- Stores a batch of sends of one tenant, at most 64, no (conversation, sender, key) twice. Each row:
--   { i, c: conversation, id, s: sender, k: clientMessageId, h: body hash in hex, kind, t: text,
--     rs, ri: seq and id of the message it replies to, ts, ti: the same of its thread root, m: mentions, md: metadata }
-- Where p_handlers has any, each created message leaves an event in the outbox for them, under the message's own id.
-- Returns one outcome per row: created, duplicate (with the first message's id, seq and time), key_conflict,
-- not_member (also where there is no such conversation), closed, reply_not_found. A refused row never raises and takes
-- no seq.
-- The heads are locked first, in the order of their ids (no deadlock); what decides is read in a new statement, whose
-- snapshot is taken after the locks: one statement alone would store messages of members removed meanwhile.
-- One plan whatever the statistics say, also on a fresh database: LATERAL look-ups by whole keys; the references are
-- looked up by a range of one seq, which only the primary key orders; the counters are raised by ON CONFLICT (their rows
-- always exist), because an UPDATE with a join walks all rows of the tenant until the first ANALYZE. And planned once:
-- PostgreSQL would plan it anew for every call, for 2 ms, because with the parameters' values it looks cheaper.
CREATE FUNCTION timeline_send_v2(p_tenant uuid, p_rows json, p_handlers text[])
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
             WHEN r.rs IS NOT NULL AND NOT coalesce((
               SELECT x.id = r.ri AND x.seq >= p.visible_from FROM message x
                WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.rs AND x.seq <= r.rs
                ORDER BY x.seq LIMIT 1), false) THEN 'reply_not_found'
             WHEN r.ts IS NOT NULL AND NOT coalesce((
               SELECT x.id = r.ti AND x.seq >= p.visible_from AND x.thread_root IS NULL FROM message x
                WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.seq >= r.ts AND x.seq <= r.ts
                ORDER BY x.seq LIMIT 1), false) THEN 'reply_not_found'
             ELSE 'created'
           END AS verdict
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
        SELECT x.user_id, x.left_seq, x.visible_from FROM participant x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.user_id = r.s LIMIT 1
      ) p ON true
      LEFT JOIN LATERAL (
        SELECT x.status FROM conversation x WHERE x.tenant_id = p_tenant AND x.id = r.c LIMIT 1
      ) cv ON true
  ),
  numbered AS MATERIALIZED (
    SELECT j.*,
           j.last_seq + row_number() OVER arrival AS new_seq,
           CASE WHEN j.counted THEN j.message_count + count(*) FILTER (WHERE j.counted) OVER arrival END AS new_ordinal
      FROM judged j
     WHERE j.verdict = 'created'
    WINDOW arrival AS (PARTITION BY j.c ORDER BY j.i)
  ),
  written AS (
    INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal, kind, text,
                         reply_to, reply_to_id, thread_root, thread_root_id, mentions, metadata, at, created_at)
    SELECT p_tenant, n.c, n.new_seq, n.id, n.s, n.k, decode(n.h, 'hex'), n.new_ordinal, n.kind, n.t,
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
    INSERT INTO participant AS p (tenant_id, conversation_id, user_id, visible_from, joined_at, own_after_read)
    SELECT p_tenant, n.c, n.s, 1, v_now, count(*) FROM numbered n WHERE n.counted GROUP BY n.c, n.s
    ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE
       SET own_after_read = p.own_after_read + excluded.own_after_read
  )
  SELECT j.i, j.verdict, coalesce(n.id, j.first_id), coalesce(n.new_seq, j.first_seq),
         CASE WHEN n.i IS NULL THEN j.first_at ELSE v_now END
    FROM judged j LEFT JOIN numbered n ON n.i = j.i;
END
$$;

-- Takes a handler off these events, inside the transaction that writes its effect, and returns the events that it was
-- still to run for: whoever gets an event here, and nobody else, writes its effect. An event without handlers goes.
CREATE FUNCTION outbox_clear_v1(p_tenant uuid, p_ids uuid[], p_handler text)
RETURNS TABLE (id uuid, conversation_id uuid, seq bigint, payload jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_ids uuid[];
BEGIN
  -- In the order of ids: two jobs that share events wait for each other, and never in a circle.
  v_ids := ARRAY(
    SELECT o.id FROM outbox o
     WHERE o.tenant_id = p_tenant AND o.id = ANY (p_ids) AND p_handler = ANY (o.handlers)
     ORDER BY o.id FOR UPDATE);
  RETURN QUERY
  WITH gone AS (
    DELETE FROM outbox o
     WHERE o.tenant_id = p_tenant AND o.id = ANY (v_ids) AND o.handlers = ARRAY[p_handler] AND o.dead = '{}'
    RETURNING o.id, o.conversation_id, o.seq, o.payload
  ),
  kept AS (
    UPDATE outbox o
       SET handlers = array_remove(o.handlers, p_handler),
           queued_at = CASE WHEN o.handlers = ARRAY[p_handler] THEN 'infinity' ELSE o.queued_at END
     WHERE o.tenant_id = p_tenant AND o.id = ANY (v_ids) AND NOT (o.handlers = ARRAY[p_handler] AND o.dead = '{}')
    RETURNING o.id, o.conversation_id, o.seq, o.payload
  )
  SELECT * FROM gone UNION ALL SELECT * FROM kept;
END
$$;

-- Moves a handler of one event to the dead letters, where no relay finds it; false when it was done meanwhile.
CREATE FUNCTION outbox_bury_v1(p_tenant uuid, p_id uuid, p_handler text, p_reason text)
RETURNS TABLE (buried boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  UPDATE outbox o
     SET handlers = array_remove(o.handlers, p_handler),
         dead = array_append(o.dead, p_handler),
         dead_reason = p_reason,
         queued_at = CASE WHEN o.handlers = ARRAY[p_handler] THEN 'infinity' ELSE o.queued_at END
   WHERE o.tenant_id = p_tenant AND o.id = p_id AND p_handler = ANY (o.handlers);
  RETURN QUERY SELECT FOUND;
END
$$;

-- Marks up to p_limit events as queued and returns them: those that never were, and those that were queued more than
-- p_requeue_ms ago, whose job may be lost. By state and never by "id > cursor": a transaction may commit its rows after
-- another one that began later. queued_before keeps together what was queued together.
-- The planner is given one way, by the index on queued_at and the primary key: on a fresh table it would walk all rows.
CREATE FUNCTION system_outbox_claim_v1(p_limit int, p_requeue_ms bigint)
RETURNS TABLE (tenant_id uuid, id uuid, event text, handlers text[], queued_before timestamptz, queued_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
BEGIN
  RETURN QUERY
  WITH fresh AS MATERIALIZED (
    SELECT o.tenant_id AS t, o.id AS i, o.queued_at AS q FROM outbox o
     WHERE o.queued_at IS NULL
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  overdue AS MATERIALIZED (
    SELECT o.tenant_id AS t, o.id AS i, o.queued_at AS q FROM outbox o
     WHERE o.queued_at < v_now - p_requeue_ms * interval '1 millisecond'
     ORDER BY o.queued_at
     LIMIT p_limit - (SELECT count(*) FROM fresh) FOR UPDATE SKIP LOCKED
  ),
  claimed AS MATERIALIZED (SELECT * FROM fresh UNION ALL SELECT * FROM overdue)
  UPDATE outbox o SET queued_at = v_now FROM claimed c
   WHERE o.tenant_id = c.t AND o.id = c.i
  RETURNING o.tenant_id, o.id, o.event, o.handlers, c.q, o.queued_at;
END
$$;

-- Undoes a claim, known by its time, whose jobs could not be added: the next claim finds the events again at once.
CREATE FUNCTION system_outbox_release_v1(p_queued_at timestamptz)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox SET queued_at = NULL WHERE queued_at = p_queued_at
$$;

-- How many events wait for a handler, for how long the oldest has, and how many are among the dead letters.
CREATE FUNCTION system_outbox_age_v1()
RETURNS TABLE (pending bigint, oldest_seconds float8, dead bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FILTER (WHERE o.handlers <> '{}'),
         coalesce(extract(epoch FROM clock_timestamp() - min(o.created_at) FILTER (WHERE o.handlers <> '{}')), 0)::float8,
         count(*) FILTER (WHERE o.dead <> '{}')
    FROM outbox o
$$;

-- Gives a handler another chance with all of its dead letters, and says how many they were.
CREATE FUNCTION system_outbox_redrive_v1(p_handler text)
RETURNS TABLE (redriven bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH raised AS (
    UPDATE outbox o
       SET dead = array_remove(o.dead, p_handler), handlers = array_append(o.handlers, p_handler), queued_at = NULL
     WHERE p_handler = ANY (o.dead)
    RETURNING 1
  )
  SELECT count(*) FROM raised
$$;

-- Brings the search text of messages [{ c: conversation, s: seq }] in line with what they are now: a text is found by its
-- words, a tombstone and a system message are not. The messages stay locked against a change until the commit: a deletion
-- that comes meanwhile waits, and its own event follows.
CREATE FUNCTION message_search_write_v1(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT (r.value->>'c')::uuid AS c, (r.value->>'s')::bigint AS s
      FROM json_array_elements(p_rows) r ORDER BY 1, 2
  ),
  present AS MATERIALIZED (
    SELECT w.c, w.s, m.id, m.text, m.kind = 'text' AND m.deleted_at IS NULL AS searchable
      FROM wanted w
      JOIN LATERAL (
        SELECT x.id, x.text, x.kind, x.deleted_at FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq = w.s
         LIMIT 1 FOR SHARE
      ) m ON true
  ),
  gone AS (
    DELETE FROM message_search x
     USING present p
     WHERE NOT p.searchable AND x.tenant_id = p_tenant AND x.conversation_id = p.c AND x.seq = p.s
  )
  INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words)
  SELECT p_tenant, p.c, p.s, p.id, to_tsvector('simple', p.text) FROM present p WHERE p.searchable
  ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words;
END
$$;

-- The messages of a user's conversations that have the words of p_query (web search syntax; the last word may be a
-- beginning), the best first and then the newest, within what the user may see; in p_conversation alone where it is given;
-- after the hit (p_after_rank, p_after_id) where a page goes on.
-- SECURITY DEFINER, so without row-level security: @@ is not leakproof and would be run on all rows of the tenant. The
-- wall is therefore p_tenant in both tables, and the membership.
CREATE FUNCTION search_messages_v1(p_tenant uuid, p_user text, p_query text, p_conversation uuid, p_after_rank real,
                                   p_after_id uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, message_id uuid, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_text text := websearch_to_tsquery('simple', p_query)::text;
  v_query tsquery;
BEGIN
  v_query := (CASE WHEN right(v_text, 1) = '''' THEN v_text || ':*' ELSE v_text END)::tsquery;
  -- Nothing to look up in the index, such as only words that must not occur: that would be a walk over everything.
  IF querytree(v_query) IN ('', 'T') THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT h.conversation_id, h.seq, h.message_id, h.rank
    FROM (
      SELECT s.conversation_id, s.seq, s.message_id, ts_rank(s.words, v_query) AS rank
        FROM message_search s
        JOIN participant p ON p.tenant_id = p_tenant AND p.conversation_id = s.conversation_id AND p.user_id = p_user
       WHERE s.tenant_id = p_tenant AND s.words @@ v_query
         AND (p_conversation IS NULL OR s.conversation_id = p_conversation)
         AND s.seq >= p.visible_from AND (p.left_seq IS NULL OR s.seq <= p.left_seq)
    ) h
   WHERE p_after_id IS NULL OR (h.rank, h.message_id) < (p_after_rank, p_after_id)
   ORDER BY h.rank DESC, h.message_id DESC
   LIMIT p_limit;
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

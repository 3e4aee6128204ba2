-- Tables of tenants, users, conversations and the timeline; row-level security; the functions of prisma/sql.

CREATE TABLE "installation" (
  "id" SMALLINT NOT NULL CHECK ("id" = 1),
  "epoch" TEXT NOT NULL,
  CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);
INSERT INTO "installation" ("id", "epoch") VALUES (1, gen_random_uuid()::text);

CREATE TABLE "tenant" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'suspended')),
  "settings" JSONB NOT NULL DEFAULT '{}',
  "body_hash_key" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tenant_key" (
  "id" UUID NOT NULL,
  "tenant_id" UUID NOT NULL,
  "kid" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "algorithm" TEXT NOT NULL CHECK ("algorithm" IN ('HS256')),
  "secret" BYTEA NOT NULL,
  "issuer" TEXT,
  "audience" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "tenant_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "tenant_key_kid_key" ON "tenant_key" ("kid");
CREATE INDEX "tenant_key_tenant_id_idx" ON "tenant_key" ("tenant_id");
ALTER TABLE "tenant_key" ADD CONSTRAINT "tenant_key_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "server_key" (
  "id" UUID NOT NULL,
  "tenant_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "key_hash" BYTEA NOT NULL,
  "scopes" TEXT[],
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "server_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "server_key_key_hash_key" ON "server_key" ("key_hash");
CREATE INDEX "server_key_tenant_id_idx" ON "server_key" ("tenant_id");
ALTER TABLE "server_key" ADD CONSTRAINT "server_key_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "app_user" (
  "tenant_id" UUID NOT NULL,
  "id" TEXT COLLATE "C" NOT NULL CHECK (char_length("id") BETWEEN 1 AND 128),
  "name" TEXT,
  "avatar_url" TEXT,
  "email" TEXT,
  "locale" TEXT,
  "time_zone" TEXT,
  "role" TEXT NOT NULL DEFAULT 'member' CHECK ("role" IN ('member', 'moderator', 'admin')),
  "tokens_valid_after" TIMESTAMPTZ(3),
  "deactivated_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "app_user_pkey" PRIMARY KEY ("tenant_id", "id")
);
ALTER TABLE "app_user" ADD CONSTRAINT "app_user_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "conversation" (
  "tenant_id" UUID NOT NULL,
  "id" UUID NOT NULL,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('direct', 'group', 'channel')),
  "distinct_key" BYTEA,
  "subject_type" TEXT,
  "subject_id" TEXT,
  "title" TEXT,
  "status" TEXT NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'closed')),
  "visibility" TEXT NOT NULL DEFAULT 'private' CHECK ("visibility" IN ('private', 'tenant')),
  "history" TEXT NOT NULL DEFAULT 'full' CHECK ("history" IN ('full', 'joined')),
  "metadata" JSONB NOT NULL DEFAULT '{}',
  "created_by" TEXT COLLATE "C",
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "conversation_pkey" PRIMARY KEY ("tenant_id", "id"),
  CHECK (("subject_type" IS NULL) = ("subject_id" IS NULL))
);
-- The tenant comes last: an index that begins with it alone tempts the planner to walk a whole tenant.
CREATE UNIQUE INDEX "conversation_distinct_key_tenant_id_key" ON "conversation" ("distinct_key", "tenant_id");
CREATE INDEX "conversation_subject_idx"
  ON "conversation" ("tenant_id", "subject_type", "subject_id") WHERE "subject_type" IS NOT NULL;
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "participant" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "role" TEXT NOT NULL DEFAULT 'member' CHECK ("role" IN ('owner', 'admin', 'member', 'guest')),
  "label" TEXT,
  "visible_from" BIGINT NOT NULL CHECK ("visible_from" >= 1),
  "left_seq" BIGINT,
  "read_seq" BIGINT NOT NULL DEFAULT 0,
  "read_ordinal" BIGINT NOT NULL DEFAULT 0,
  "own_after_read" BIGINT NOT NULL DEFAULT 0,
  "unread_from_seq" BIGINT,
  "joined_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "participant_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "user_id")
) WITH (fillfactor = 70);
CREATE INDEX "participant_tenant_id_user_id_conversation_id_idx"
  ON "participant" ("tenant_id", "user_id", "conversation_id");
ALTER TABLE "participant" ADD CONSTRAINT "participant_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation" ("tenant_id", "id")
  ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "participant" ADD CONSTRAINT "participant_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id")
  ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "conversation_head" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "last_seq" BIGINT NOT NULL DEFAULT 0,
  "message_count" BIGINT NOT NULL DEFAULT 0,
  "last_message_at" TIMESTAMPTZ(3),
  "last_deleted_seq" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "conversation_head_pkey" PRIMARY KEY ("tenant_id", "conversation_id")
) WITH (fillfactor = 50);
ALTER TABLE "conversation_head" ADD CONSTRAINT "conversation_head_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation" ("tenant_id", "id")
  ON DELETE RESTRICT ON UPDATE CASCADE;

-- The foreign key goes to the head, whose row the writing transaction holds already: one to the conversation or the
-- sender would lock another row for every message.
CREATE TABLE "message" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "seq" BIGINT NOT NULL,
  "id" UUID NOT NULL,
  "sender" TEXT COLLATE "C" NOT NULL,
  "client_message_id" TEXT COLLATE "C" NOT NULL,
  "body_hash" BYTEA NOT NULL,
  "ordinal" BIGINT,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('text', 'system')),
  "text" TEXT NOT NULL,
  "reply_to" BIGINT,
  "reply_to_id" UUID,
  "thread_root" BIGINT,
  "thread_root_id" UUID,
  "mentions" JSONB NOT NULL DEFAULT '[]',
  "metadata" JSONB NOT NULL DEFAULT '{}',
  "version" INTEGER NOT NULL DEFAULT 1,
  "imported" BOOLEAN NOT NULL DEFAULT false,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "edited_at" TIMESTAMPTZ(3),
  "deleted_at" TIMESTAMPTZ(3),
  CONSTRAINT "message_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "seq")
);
CREATE UNIQUE INDEX "message_tenant_id_conversation_id_sender_client_message_id_key"
  ON "message" ("tenant_id", "conversation_id", "sender", "client_message_id");
CREATE INDEX "message_id_idx" ON "message" ("id");
CREATE INDEX "message_created_at_idx" ON "message" ("created_at");
CREATE INDEX "message_thread_idx"
  ON "message" ("tenant_id", "conversation_id", "thread_root", "seq") WHERE "thread_root" IS NOT NULL;
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation_head" ("tenant_id", "conversation_id")
  ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "change" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "seq" BIGINT NOT NULL,
  "id" UUID NOT NULL,
  "type" TEXT NOT NULL,
  "message_seq" BIGINT,
  "actor" TEXT COLLATE "C",
  "payload" JSONB NOT NULL DEFAULT '{}',
  "at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "change_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "seq")
);
CREATE INDEX "change_created_at_idx" ON "change" ("created_at");
ALTER TABLE "change" ADD CONSTRAINT "change_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation_head" ("tenant_id", "conversation_id")
  ON DELETE RESTRICT ON UPDATE CASCADE;

-- Row-level security: one policy text for every table with a tenant. An unset transaction-local setting reads as ''.
ALTER TABLE "tenant" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant_wall" ON "tenant"
  USING ("id" = nullif(current_setting('app.tenant_id', true), '')::uuid);
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tenant_key', 'server_key', 'app_user', 'conversation', 'participant',
                              'conversation_head', 'message', 'change'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant_wall ON %I USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
  END LOOP;
END
$$;

-- Nobody but a restore changes the installation's row; a tenant is made by system_tenant_create alone.
REVOKE INSERT, UPDATE, DELETE ON "installation" FROM parley_app;
REVOKE INSERT, DELETE ON "tenant" FROM parley_app;

-- The server API key of a hash, whatever its tenant.
CREATE FUNCTION system_server_key_v1(p_hash bytea)
RETURNS TABLE (id uuid, tenant_id uuid, tenant_status text, scopes text[], revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.status, k.scopes, k.revoked_at
    FROM server_key k JOIN tenant t ON t.id = k.tenant_id
   WHERE k.key_hash = p_hash
$$;

-- The key that a token's `kid` names, whatever its tenant: nothing is known of the tenant yet when a token arrives.
CREATE FUNCTION system_signing_key_v1(p_kid text)
RETURNS TABLE (id uuid, tenant_id uuid, tenant_status text, algorithm text, secret bytea, issuer text, audience text,
               revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.status, k.algorithm, k.secret, k.issuer, k.audience, k.revoked_at
    FROM tenant_key k JOIN tenant t ON t.id = k.tenant_id
   WHERE k.kid = p_kid
$$;

-- Makes a tenant; false when the id is taken (a repeated bootstrap).
CREATE FUNCTION system_tenant_create_v1(p_id uuid, p_name text, p_body_hash_key bytea)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tenant (id, name, body_hash_key) VALUES (p_id, p_name, p_body_hash_key) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END
$$;

-- All tenants of the installation by name, for the command line.
CREATE FUNCTION system_tenants_v1()
RETURNS TABLE (id uuid, name text, status text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.name, t.status, t.created_at FROM tenant t ORDER BY t.name, t.id
$$;

-- The tenant's own row.
CREATE FUNCTION tenant_load_v1(p_tenant uuid)
RETURNS TABLE (name text, status text, settings jsonb, body_hash_key bytea)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY SELECT t.name, t.status, t.settings, t.body_hash_key FROM tenant t WHERE t.id = p_tenant;
END
$$;

-- What a user may see of some conversations: its interval of seqs and the head. No row: never a participant.
CREATE FUNCTION timeline_access_v1(p_tenant uuid, p_user text, p_conversations uuid[])
RETURNS TABLE (conversation_id uuid, visible_from bigint, left_seq bigint, role text, last_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.conversation_id, p.visible_from, p.left_seq, p.role, h.last_seq
    FROM unnest(p_conversations) AS w(id)
    JOIN LATERAL (
      SELECT x.conversation_id, x.visible_from, x.left_seq, x.role FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = p_user LIMIT 1
    ) p ON true
    JOIN LATERAL (
      SELECT x.last_seq FROM conversation_head x WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true;
END
$$;

-- Appends changes to one conversation's timeline: [{ id, type, actor, messageSeq, payload }], numbered in their order.
-- The caller holds the head's lock (timeline_lock_v1) and the transaction of the write that the changes tell of.
CREATE FUNCTION timeline_append_v1(p_tenant uuid, p_conversation uuid, p_changes json)
RETURNS TABLE (seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_count bigint := json_array_length(p_changes);
  v_last bigint;
BEGIN
  UPDATE conversation_head h SET last_seq = h.last_seq + v_count
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation
  RETURNING h.last_seq INTO v_last;
  RETURN QUERY
  INSERT INTO change AS c (tenant_id, conversation_id, seq, id, type, message_seq, actor, payload, at, created_at)
  SELECT p_tenant, p_conversation, v_last - v_count + r.place, (r.value->>'id')::uuid, r.value->>'type',
         (r.value->>'messageSeq')::bigint, r.value->>'actor', (r.value->'payload')::jsonb, v_now, v_now
    FROM json_array_elements(p_changes) WITH ORDINALITY AS r(value, place)
  RETURNING c.seq, c.at;
END
$$;

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

-- One message of a conversation by its id.
CREATE FUNCTION timeline_find_v1(p_tenant uuid, p_conversation uuid, p_id uuid)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.* FROM message m WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.id = p_id LIMIT 1;
END
$$;

-- The heads of a user's current conversations by id, after p_after (null: from the beginning).
CREATE FUNCTION timeline_heads_v1(p_tenant uuid, p_user text, p_after uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, last_seq bigint, visible_from bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.conversation_id, h.last_seq, p.visible_from
    FROM participant p
    JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
   WHERE p.tenant_id = p_tenant AND p.user_id = p_user AND p.left_seq IS NULL
     AND (p_after IS NULL OR p.conversation_id > p_after)
   ORDER BY p.conversation_id
   LIMIT p_limit;
END
$$;

-- Stores a page of messages with their original times into one conversation, for a server key: [{ i, id, s, k, h, t, at,
-- ts: { s, k } of the thread's root, m, md }], no (sender, key) twice. They take a seq and no ordinal, so that nothing
-- becomes unread. Outcomes: created, duplicate, key_conflict; root_missing: created, but outside a thread, because no
-- root of that name is there. A root may be a row of the same page that stands before its replies.
CREATE FUNCTION timeline_import_v1(p_tenant uuid, p_conversation uuid, p_rows json)
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

-- Locks a conversation's head until the end of the transaction and returns its counters; no row: no such conversation.
-- Whoever takes a seq calls it first, and reads what it decides on only after it, in a new statement.
CREATE FUNCTION timeline_lock_v1(p_tenant uuid, p_conversation uuid)
RETURNS TABLE (last_seq bigint, message_count bigint)
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT h.last_seq, h.message_count
    FROM conversation_head h
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation
     FOR NO KEY UPDATE
$$;

-- A page of messages of one conversation by seq: from p_low up (p_newest_first false) or from p_high down, both ends
-- inclusive; with p_thread_root only the replies of that thread. O(log n + page) at any depth.
CREATE FUNCTION timeline_page_v1(p_tenant uuid, p_conversation uuid, p_low bigint, p_high bigint,
                                 p_newest_first boolean, p_limit int, p_thread_root bigint)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF p_thread_root IS NOT NULL AND p_newest_first THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_thread_root
       AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq DESC LIMIT p_limit;
  ELSIF p_thread_root IS NOT NULL THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_thread_root
       AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq LIMIT p_limit;
  ELSIF p_newest_first THEN
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq DESC LIMIT p_limit;
  ELSE
    RETURN QUERY
    SELECT m.* FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq BETWEEN p_low AND p_high
     ORDER BY m.seq LIMIT p_limit;
  END IF;
END
$$;

-- What stands at the given places of several timelines: p_wanted is [{ c: conversation, from, to }], both ends inclusive.
-- Messages and changes by seq, at most p_limit rows in all, in the order in which the conversations are named. It knows
-- no membership: the caller has cut each interval to what may be seen.
CREATE FUNCTION timeline_ranges_v1(p_tenant uuid, p_wanted json, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, type text, id uuid, actor text, at timestamptz, message_seq bigint,
               payload jsonb, client_message_id text, kind text, text text, reply_to bigint, reply_to_id uuid,
               thread_root bigint, thread_root_id uuid, mentions jsonb, metadata jsonb, version int, imported boolean,
               edited_at timestamptz, deleted_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT w.c, e.*
    FROM (
      SELECT (r.value->>'c')::uuid AS c, (r.value->>'from')::bigint AS low, (r.value->>'to')::bigint AS high, r.place
        FROM json_array_elements(p_wanted) WITH ORDINALITY AS r(value, place)
    ) w
    CROSS JOIN LATERAL (
      (SELECT m.seq, 'message.created'::text, m.id, m.sender, m.at, m.seq, NULL::jsonb, m.client_message_id, m.kind, m.text,
              m.reply_to, m.reply_to_id, m.thread_root, m.thread_root_id, m.mentions, m.metadata, m.version, m.imported,
              m.edited_at, m.deleted_at
         FROM message m
        WHERE m.tenant_id = p_tenant AND m.conversation_id = w.c AND m.seq BETWEEN w.low AND w.high
        ORDER BY m.seq LIMIT p_limit)
      UNION ALL
      (SELECT g.seq, g.type, g.id, g.actor, g.at, g.message_seq, g.payload, NULL, NULL, NULL,
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
         FROM change g
        WHERE g.tenant_id = p_tenant AND g.conversation_id = w.c AND g.seq BETWEEN w.low AND w.high
        ORDER BY g.seq LIMIT p_limit)
      ORDER BY 1 LIMIT p_limit
    ) e
   ORDER BY w.place, 2
   LIMIT p_limit;
END
$$;

-- Stores a batch of sends of one tenant, at most 64, no (conversation, sender, key) twice. Each row:
--   { i, c: conversation, id, s: sender, k: clientMessageId, h: body hash in hex, kind, t: text,
--     rs, ri: seq and id of the message it replies to, ts, ti: the same of its thread root, m: mentions, md: metadata }
-- Returns one outcome per row: created, duplicate (with the first message's id, seq and time), key_conflict,
-- not_member (also where there is no such conversation), closed, reply_not_found. A refused row never raises and takes
-- no seq.
-- The heads are locked first, in the order of their ids (no deadlock); what decides is read in a new statement, whose
-- snapshot is taken after the locks: one statement alone would store messages of members removed meanwhile.
-- One plan whatever the statistics say, also on a fresh database: LATERAL look-ups by whole keys; the references are
-- looked up by a range of one seq, which only the primary key orders; the counters are raised by ON CONFLICT (their rows
-- always exist), because an UPDATE with a join walks all rows of the tenant until the first ANALYZE. And planned once:
-- PostgreSQL would plan it anew for every call, for 2 ms, because with the parameters' values it looks cheaper.
CREATE FUNCTION timeline_send_v1(p_tenant uuid, p_rows json)
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

-- The user of a verified token with what decides whether it may come in, made at first sight (p_create) with the token's
-- name. No row: unknown and not to be made, or the tenant is gone.
CREATE FUNCTION user_seen_v1(p_tenant uuid, p_user text, p_name text, p_create boolean)
RETURNS TABLE (tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz, created boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_created boolean := false;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF p_create AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = p_user) THEN
    INSERT INTO app_user (tenant_id, id, name) VALUES (p_tenant, p_user, p_name) ON CONFLICT DO NOTHING;
    v_created := FOUND;
  END IF;
  RETURN QUERY
  SELECT t.status, u.role, u.tokens_valid_after, u.deactivated_at, v_created
    FROM app_user u JOIN tenant t ON t.id = u.tenant_id
   WHERE u.tenant_id = p_tenant AND u.id = p_user;
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

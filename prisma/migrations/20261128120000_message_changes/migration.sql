-- Messages that change: what they said before, tombstones, and the functions of prisma/sql that write them.

CREATE TABLE "message_revision" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "message_seq" BIGINT NOT NULL,
  "version" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "mentions" JSONB NOT NULL DEFAULT '[]',
  "metadata" JSONB NOT NULL DEFAULT '{}',
  "at" TIMESTAMPTZ(3) NOT NULL,
  "replaced_at" TIMESTAMPTZ(3) NOT NULL,
  "replaced_by" TEXT COLLATE "C",
  "purge_at" TIMESTAMPTZ(3),
  CONSTRAINT "message_revision_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "message_seq", "version")
);
CREATE INDEX "message_revision_purge_at_idx" ON "message_revision" ("purge_at") WHERE "purge_at" IS NOT NULL;
ALTER TABLE "message_revision" ADD CONSTRAINT "message_revision_tenant_id_conversation_id_message_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "message_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "message_revision" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "message_revision"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The deleted ones among the counted messages, with their senders: what an unread count leaves out.
CREATE INDEX "message_deleted_idx" ON "message" ("tenant_id", "conversation_id", "seq") INCLUDE ("sender")
  WHERE "deleted_at" IS NOT NULL AND "ordinal" IS NOT NULL;

-- What stands at the given places of several timelines: p_wanted is [{ c: conversation, from, to }], both ends inclusive.
-- Messages and changes by seq, at most p_limit rows in all, in the order in which the conversations are named. It knows
-- no membership: the caller has cut each interval to what may be seen.
-- A message comes as it is now, and so does the message of an edit: what was deleted since is in no row. message_seq is
-- the seq of the message that a row is or is about.
CREATE FUNCTION timeline_ranges_v2(p_tenant uuid, p_wanted json, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, type text, id uuid, actor text, at timestamptz, message_seq bigint,
               payload jsonb, message_id uuid, sender text, message_at timestamptz, client_message_id text, kind text,
               text text, reply_to bigint, reply_to_id uuid, thread_root bigint, thread_root_id uuid, mentions jsonb,
               metadata jsonb, version int, imported boolean, edited_at timestamptz, deleted_at timestamptz)
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
      (SELECT m.seq, 'message.created'::text, m.id, m.sender, m.at, m.seq, NULL::jsonb, m.id, m.sender, m.at,
              m.client_message_id, m.kind, m.text, m.reply_to, m.reply_to_id, m.thread_root, m.thread_root_id, m.mentions,
              m.metadata, m.version, m.imported, m.edited_at, m.deleted_at
         FROM message m
        WHERE m.tenant_id = p_tenant AND m.conversation_id = w.c AND m.seq BETWEEN w.low AND w.high
        ORDER BY m.seq LIMIT p_limit)
      UNION ALL
      (SELECT g.seq, g.type, g.id, g.actor, g.at, g.message_seq, g.payload, t.id, t.sender, t.at,
              t.client_message_id, t.kind, t.text, t.reply_to, t.reply_to_id, t.thread_root, t.thread_root_id, t.mentions,
              t.metadata, t.version, t.imported, t.edited_at, t.deleted_at
         FROM change g
         LEFT JOIN LATERAL (
           SELECT x.* FROM message x
            WHERE g.type = 'message.updated' AND x.tenant_id = p_tenant AND x.conversation_id = w.c
              AND x.seq >= g.message_seq AND x.seq <= g.message_seq
            ORDER BY x.seq LIMIT 1
         ) t ON true
        WHERE g.tenant_id = p_tenant AND g.conversation_id = w.c AND g.seq BETWEEN w.low AND w.high
        ORDER BY g.seq LIMIT p_limit)
      ORDER BY 1 LIMIT p_limit
    ) e
   ORDER BY w.place, 2
   LIMIT p_limit;
END
$$;

-- Gives a message other content under its head's lock, and keeps what it said as a revision. The caller has appended the
-- change that tells of it, at p_at. Returns the message as it is now.
CREATE FUNCTION timeline_edit_v1(p_tenant uuid, p_conversation uuid, p_seq bigint, p_text text, p_mentions jsonb,
                                 p_metadata jsonb, p_actor text, p_at timestamptz)
RETURNS SETOF message
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO message_revision (tenant_id, conversation_id, message_seq, version, text, mentions, metadata, at,
                                replaced_at, replaced_by)
  SELECT p_tenant, p_conversation, m.seq, m.version, m.text, m.mentions, m.metadata, coalesce(m.edited_at, m.at), p_at,
         p_actor
    FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
   ORDER BY m.seq LIMIT 1;
  RETURN QUERY
  UPDATE message m
     SET text = p_text, mentions = p_mentions, metadata = p_metadata, version = m.version + 1, edited_at = p_at
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq = p_seq
  RETURNING m.*;
END
$$;

-- Makes a message a tombstone under its head's lock: its place stays, its content goes. For p_keep_days what it said, and
-- what it said before its edits, is kept as revisions, which moderators alone may read; at 0 nothing is. The caller has
-- appended the change that tells of it, at p_at. Returns the tombstone.
-- A deletion is no edit: the version stays. The head learns of a counted message, so that unread counts are corrected only
-- for those who have it before them.
CREATE FUNCTION timeline_delete_v1(p_tenant uuid, p_conversation uuid, p_seq bigint, p_actor text, p_at timestamptz,
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
  UPDATE conversation_head h SET last_deleted_seq = p_seq
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND h.last_deleted_seq < p_seq
     AND EXISTS (SELECT 1 FROM message m
                  WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
                    AND m.ordinal IS NOT NULL ORDER BY m.seq LIMIT 1);
END
$$;

-- Removes up to p_limit revisions of deleted messages whose time is over, over all tenants, and says how many they were.
CREATE FUNCTION system_revision_expire_v1(p_limit int)
RETURNS TABLE (expired bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH old AS MATERIALIZED (
    SELECT r.tenant_id, r.conversation_id, r.message_seq, r.version FROM message_revision r
     WHERE r.purge_at < clock_timestamp()
     ORDER BY r.purge_at
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  gone AS (
    DELETE FROM message_revision r USING old o
     WHERE r.tenant_id = o.tenant_id AND r.conversation_id = o.conversation_id AND r.message_seq = o.message_seq
       AND r.version = o.version
    RETURNING 1
  )
  SELECT count(*) FROM gone
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

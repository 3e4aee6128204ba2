-- Whom messages mention: what a reader is told of besides what is unread.

-- Raised by messages that mention somebody, never lowered: whoever has read so far has no mention to count.
ALTER TABLE "conversation_head" ADD COLUMN "last_mention_seq" BIGINT NOT NULL DEFAULT 0;

-- The key serves the count of a reader; the index by message first what an edit or a deletion takes away, and no count.
CREATE TABLE "mention" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "target" TEXT COLLATE "C" NOT NULL,
  "message_seq" BIGINT NOT NULL,
  "sender" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "mention_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "target", "message_seq")
);
CREATE INDEX "mention_message_seq_conversation_id_tenant_id_idx" ON "mention" ("message_seq", "conversation_id", "tenant_id");
ALTER TABLE "mention" ADD CONSTRAINT "mention_tenant_id_conversation_id_message_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "message_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "mention" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "mention"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Whom a message's mentions reach, each once, as table mention names them: user:<id>, role:<role>, all, here.
CREATE FUNCTION mention_targets_v1(p_mentions jsonb)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT CASE WHEN m.value ? 'userId' THEN 'user:' || (m.value->>'userId')
                       WHEN m.value ? 'role' THEN 'role:' || (m.value->>'role')
                       ELSE m.value->>'group' END
    FROM jsonb_array_elements(p_mentions) m
$$;

-- Writes whom the messages of a batch mention, in the transaction of timeline_send that stored them and with its rows: one
-- row per user, role or group that is named, never one per participant. Messages are found by their keys; a row whose id
-- is not the stored one was a repeat. The head learns of the newest, so that only those who have it before them count.
CREATE FUNCTION mention_write_v1(p_tenant uuid, p_rows json)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  WITH mentioning AS MATERIALIZED (
    SELECT r.c, m.seq, r.s, r.m
      FROM json_to_recordset(p_rows) AS r(c uuid, id uuid, s text, k text, m jsonb)
      JOIN LATERAL (
        SELECT x.id, x.seq FROM message x
         WHERE x.tenant_id = p_tenant AND x.conversation_id = r.c AND x.sender = r.s AND x.client_message_id = r.k
         LIMIT 1
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

-- Every current membership with its conversation's head, what is unread there, and what is the user's own about it.
-- Unread begins behind the read marker, or before the message that was marked unread. `read_ordinal` and
-- `own_after_read` are kept for that place, so what is unread is one subtraction, at any size; only where a message behind
-- it was deleted are the deleted ones counted, by an index that holds nothing else. The user's own ones among them are in
-- `own_after_read` already.
-- Mentions are counted by message: those behind the same place that reach the user by its id, by the role that it has now,
-- or as one of all; also in threads. Where none came since, none are looked for.
-- The view has no rights of its own: row-level security is that of whoever reads it.
CREATE VIEW membership_v2 WITH (security_invoker = true) AS
SELECT p.tenant_id, p.conversation_id, p.user_id, p.role, p.label, p.joined_at, p.visible_from,
       p.read_seq, p.unread_from_seq,
       p.pinned, p.archived, p.muted_until, p.notification_level, p.own_version,
       p.hidden_count IS NOT NULL AND p.hidden_count >= h.message_count AS hidden,
       p.notification_level = 'none' OR coalesce(p.muted_until > now(), false) AS muted,
       h.last_seq, h.message_count, h.last_message_at,
       h.message_count - p.read_ordinal - p.own_after_read
         - CASE WHEN h.last_deleted_seq <= coalesce(p.unread_from_seq - 1, p.read_seq) THEN 0 ELSE (
             SELECT count(*) FROM message m
              WHERE m.tenant_id = p.tenant_id AND m.conversation_id = p.conversation_id
                AND m.seq > coalesce(p.unread_from_seq - 1, p.read_seq)
                AND m.deleted_at IS NOT NULL AND m.ordinal IS NOT NULL AND m.sender <> p.user_id
           ) END AS unread,
       CASE WHEN h.last_mention_seq <= coalesce(p.unread_from_seq - 1, p.read_seq) THEN 0 ELSE (
         SELECT count(DISTINCT x.message_seq) FROM mention x
          WHERE x.tenant_id = p.tenant_id AND x.conversation_id = p.conversation_id
            AND x.target = ANY (ARRAY['user:' || p.user_id, 'role:' || p.role, 'all', 'here'])
            AND x.message_seq > coalesce(p.unread_from_seq - 1, p.read_seq) AND x.sender <> p.user_id
       ) END AS mentions
  FROM participant p
  JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
 WHERE p.left_seq IS NULL;
-- Gives a message other content under its head's lock, and keeps what it said as a revision. The caller has appended the
-- change that tells of it, at p_at. Returns the message as it is now. Whom it mentions follows, but for an imported one,
-- which nobody has unread.
CREATE FUNCTION timeline_edit_v2(p_tenant uuid, p_conversation uuid, p_seq bigint, p_text text, p_mentions jsonb,
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
  DELETE FROM mention n
   WHERE n.message_seq = p_seq AND n.conversation_id = p_conversation AND n.tenant_id = p_tenant;
  INSERT INTO mention (tenant_id, conversation_id, target, message_seq, sender)
  SELECT p_tenant, p_conversation, t.target, p_seq, m.sender
    FROM (SELECT x.sender, x.imported FROM message x
           WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.seq >= p_seq AND x.seq <= p_seq
           ORDER BY x.seq LIMIT 1) m
   CROSS JOIN LATERAL mention_targets_v1(p_mentions) AS t(target)
   WHERE NOT m.imported;
  IF FOUND THEN
    UPDATE conversation_head h SET last_mention_seq = p_seq
     WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND h.last_mention_seq < p_seq;
  END IF;
END
$$;
-- These conversations with their heads, the seq of the newest message that the user may see, and the user's own part where
-- it has one (role is null where it has none; p_user null: nobody's), in no order. Deleted ones are not
-- there.
CREATE FUNCTION inbox_find_v2(p_tenant uuid, p_user text, p_conversations uuid[])
RETURNS TABLE (id uuid, kind text, status text, visibility text, history text, subject_type text, subject_id text,
               title text, reaction_mode text, posting text, slow_mode_seconds int, metadata jsonb,
               created_at timestamptz, last_seq bigint,
               message_count bigint, last_message_at timestamptz, last_message_seq bigint, user_id text, role text,
               label text, joined_at timestamptz, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, pinned boolean, archived boolean, hidden boolean, muted_until timestamptz,
               notification_level text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT c.id, c.kind, c.status, c.visibility, c.history, c.subject_type, c.subject_id, c.title, c.reaction_mode,
         c.posting, c.slow_mode_seconds, c.metadata, c.created_at, h.last_seq, h.message_count, h.last_message_at, n.seq, m.user_id, m.role, m.label,
         m.joined_at, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions, m.pinned, m.archived,
         m.hidden, m.muted_until, m.notification_level
    FROM unnest(p_conversations) AS w(id)
    JOIN LATERAL (
      SELECT x.* FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = w.id AND x.status <> 'deleted' LIMIT 1
    ) c ON true
    JOIN LATERAL (
      SELECT x.last_seq, x.message_count, x.last_message_at FROM conversation_head x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true
    LEFT JOIN LATERAL (
      SELECT x.* FROM membership_v2 x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = p_user LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT x.seq FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.seq >= coalesce(m.visible_from, 1)
       ORDER BY x.seq DESC LIMIT 1
    ) n ON true;
END
$$;

-- Marks a conversation read up to p_seq (null: up to its head at this moment) and takes back what was marked unread. The
-- marker never falls and never passes the head. No row: not a participant.
-- `others` are the other participants where there are at most p_audience of them in all; null where there are more, and
-- where the marker stayed.
-- The participant is locked first, and what decides is read in new statements: a send of the same user waits for the lock
-- or is seen, so that none of its messages is counted twice or not at all.
CREATE FUNCTION read_mark_v2(p_tenant uuid, p_user text, p_conversation uuid, p_seq bigint, p_audience int)
RETURNS TABLE (changed boolean, read_seq bigint, unread_from_seq bigint, unread bigint, mentions bigint, last_seq bigint,
               at timestamptz, others text[])
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_own participant;
  v_last bigint;
  v_count bigint;
  v_from bigint;
  v_to bigint;
  v_ordinal bigint;
  v_own_after bigint;
  v_members text[];
  v_changed boolean;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT p.* INTO v_own FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT h.last_seq, h.message_count INTO v_last, v_count FROM conversation_head h
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation LIMIT 1;
  -- What the counters stand for now, and where they are to stand.
  v_from := coalesce(v_own.unread_from_seq - 1, v_own.read_seq);
  v_to := greatest(v_own.read_seq, least(coalesce(p_seq, v_last), v_last));
  v_changed := v_to > v_own.read_seq OR v_own.unread_from_seq IS NOT NULL;

  IF v_changed THEN
    IF v_to = v_last THEN
      v_ordinal := v_count;
      v_own_after := 0;
    ELSE
      v_ordinal := coalesce((
        SELECT m.ordinal FROM message m
         WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > v_from AND m.seq <= v_to
           AND m.ordinal IS NOT NULL
         ORDER BY m.seq DESC LIMIT 1), v_own.read_ordinal);
      v_own_after := CASE WHEN v_last - v_to < v_to - v_from
        THEN own_messages_v1(p_tenant, p_conversation, p_user, v_to, v_last)
        ELSE v_own.own_after_read - own_messages_v1(p_tenant, p_conversation, p_user, v_from, v_to) END;
    END IF;
    UPDATE participant p
       SET read_seq = v_to, read_ordinal = v_ordinal, own_after_read = v_own_after, unread_from_seq = NULL
     WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
    IF v_to > v_own.read_seq THEN
      v_members := ARRAY(
        SELECT p.user_id FROM participant p
         WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.left_seq IS NULL
         ORDER BY p.user_id LIMIT p_audience + 1);
    END IF;
  END IF;

  RETURN QUERY
  SELECT v_changed, m.read_seq, m.unread_from_seq, m.unread, m.mentions, m.last_seq,
         date_trunc('milliseconds', clock_timestamp()),
         CASE WHEN cardinality(v_members) <= p_audience THEN array_remove(v_members, p_user) END
    FROM membership_v2 m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.user_id = p_user;
END
$$;

-- Marks a conversation unread from the place p_seq on; the read marker stays. What lies behind the marker is unread
-- anyway: then only an earlier mark is taken back. No row: not a participant, or p_seq is no place that it may see.
-- Locks and new statements as in read_mark_v2.
CREATE FUNCTION read_unmark_v2(p_tenant uuid, p_user text, p_conversation uuid, p_seq bigint)
RETURNS TABLE (changed boolean, visible boolean, read_seq bigint, unread_from_seq bigint, unread bigint, mentions bigint,
               last_seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_own participant;
  v_last bigint;
  v_from bigint;
  v_to bigint;
  v_mark bigint;
  v_ordinal bigint;
  v_own_after bigint;
  v_changed boolean := false;
  v_visible boolean;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT p.* INTO v_own FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT h.last_seq INTO v_last FROM conversation_head h
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation LIMIT 1;
  v_visible := p_seq BETWEEN v_own.visible_from AND v_last;

  IF v_visible THEN
    v_mark := CASE WHEN p_seq <= v_own.read_seq THEN p_seq END;
    v_changed := v_mark IS DISTINCT FROM v_own.unread_from_seq;
  END IF;
  IF v_changed THEN
    -- What the counters stand for now, and where they are to stand: either may be ahead.
    v_from := coalesce(v_own.unread_from_seq - 1, v_own.read_seq);
    v_to := coalesce(v_mark - 1, v_own.read_seq);
    IF v_to < v_from THEN
      v_ordinal := coalesce((
        SELECT m.ordinal - 1 FROM message m
         WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > v_to AND m.seq <= v_from
           AND m.ordinal IS NOT NULL
         ORDER BY m.seq LIMIT 1), v_own.read_ordinal);
      v_own_after := v_own.own_after_read + own_messages_v1(p_tenant, p_conversation, p_user, v_to, v_from);
    ELSE
      v_ordinal := coalesce((
        SELECT m.ordinal FROM message m
         WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > v_from AND m.seq <= v_to
           AND m.ordinal IS NOT NULL
         ORDER BY m.seq DESC LIMIT 1), v_own.read_ordinal);
      v_own_after := v_own.own_after_read - own_messages_v1(p_tenant, p_conversation, p_user, v_from, v_to);
    END IF;
    UPDATE participant p
       SET read_ordinal = v_ordinal, own_after_read = v_own_after, unread_from_seq = v_mark
     WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
  END IF;

  RETURN QUERY
  SELECT v_changed, v_visible, m.read_seq, m.unread_from_seq, m.unread, m.mentions, m.last_seq,
         date_trunc('milliseconds', clock_timestamp())
    FROM membership_v2 m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.user_id = p_user;
END
$$;
-- What was sent before mentions were counted.
INSERT INTO "mention" (tenant_id, conversation_id, target, message_seq, sender)
SELECT m.tenant_id, m.conversation_id, t.target, m.seq, m.sender
  FROM "message" m CROSS JOIN LATERAL mention_targets_v1(m.mentions) AS t(target)
 WHERE m.mentions <> '[]' AND m.deleted_at IS NULL AND NOT m.imported;
UPDATE "conversation_head" h SET last_mention_seq = g.newest
  FROM (SELECT tenant_id, conversation_id, max(message_seq) AS newest FROM "mention" GROUP BY 1, 2) g
 WHERE h.tenant_id = g.tenant_id AND h.conversation_id = g.conversation_id;

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

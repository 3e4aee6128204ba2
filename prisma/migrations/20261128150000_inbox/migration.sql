-- What is unread, read markers, and a participant's own settings of a conversation.

ALTER TABLE "participant"
  ADD COLUMN "pinned" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "archived" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "hidden_count" BIGINT,
  ADD COLUMN "muted_until" TIMESTAMPTZ(3),
  ADD COLUMN "notification_level" TEXT NOT NULL DEFAULT 'all'
    CHECK ("notification_level" IN ('all', 'mentions', 'none')),
  ADD COLUMN "own_version" INTEGER NOT NULL DEFAULT 0;

-- Every current membership with its conversation's head, what is unread there, and what is the user's own about it.
-- Unread begins behind the read marker, or before the message that was marked unread. `read_ordinal` and
-- `own_after_read` are kept for that place, so what is unread is one subtraction, at any size; only where a message behind
-- it was deleted are the deleted ones counted, by an index that holds nothing else. The user's own ones among them are in
-- `own_after_read` already.
-- The view has no rights of its own: row-level security is that of whoever reads it.
CREATE VIEW membership_v1 WITH (security_invoker = true) AS
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
           ) END AS unread
  FROM participant p
  JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
 WHERE p.left_seq IS NULL;

-- How many counted messages of a user lie behind p_low and up to p_high. A short piece is walked by seq; of a long one the
-- user's own messages are looked up by sender instead, which are fewer than all. The caller has set the tenant.
CREATE FUNCTION own_messages_v1(p_tenant uuid, p_conversation uuid, p_user text, p_low bigint, p_high bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF p_high - p_low <= 2000 THEN
    RETURN (SELECT count(*) FROM (
              SELECT m.sender, m.ordinal FROM message m
               WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > p_low AND m.seq <= p_high
               ORDER BY m.seq LIMIT 2000) x
             WHERE x.sender = p_user AND x.ordinal IS NOT NULL);
  END IF;
  -- `+ 0` keeps the planner from walking the conversation by seq.
  RETURN (SELECT count(*) FROM message m
           WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.sender = p_user
             AND m.ordinal IS NOT NULL AND m.seq + 0 > p_low AND m.seq + 0 <= p_high);
END
$$;

-- Marks a conversation read up to p_seq (null: up to its head at this moment) and takes back what was marked unread. The
-- marker never falls and never passes the head. No row: not a participant.
-- `others` are the other participants where there are at most p_audience of them in all; null where there are more, and
-- where the marker stayed.
-- The participant is locked first, and what decides is read in new statements: a send of the same user waits for the lock
-- or is seen, so that none of its messages is counted twice or not at all.
CREATE FUNCTION read_mark_v1(p_tenant uuid, p_user text, p_conversation uuid, p_seq bigint, p_audience int)
RETURNS TABLE (changed boolean, read_seq bigint, unread_from_seq bigint, unread bigint, last_seq bigint, at timestamptz,
               others text[])
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
  SELECT v_changed, m.read_seq, m.unread_from_seq, m.unread, m.last_seq,
         date_trunc('milliseconds', clock_timestamp()),
         CASE WHEN cardinality(v_members) <= p_audience THEN array_remove(v_members, p_user) END
    FROM membership_v1 m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.user_id = p_user;
END
$$;

-- Marks a conversation unread from the place p_seq on; the read marker stays. What lies behind the marker is unread
-- anyway: then only an earlier mark is taken back. No row: not a participant, or p_seq is no place that it may see.
-- Locks and new statements as in read_mark_v1.
CREATE FUNCTION read_unmark_v1(p_tenant uuid, p_user text, p_conversation uuid, p_seq bigint)
RETURNS TABLE (changed boolean, visible boolean, read_seq bigint, unread_from_seq bigint, unread bigint, last_seq bigint,
               at timestamptz)
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
  SELECT v_changed, v_visible, m.read_seq, m.unread_from_seq, m.unread, m.last_seq,
         date_trunc('milliseconds', clock_timestamp())
    FROM membership_v1 m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.user_id = p_user;
END
$$;

-- The current participants whose read marker has come to a message that came after they joined, by user id after p_after;
-- not its sender. A join sets the marker to the head of its moment: what stood before, nobody has read by that.
CREATE FUNCTION message_readers_v1(p_tenant uuid, p_conversation uuid, p_seq bigint, p_after text, p_limit int)
RETURNS TABLE (user_id text, read_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_sender text;
  v_created timestamptz;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT m.sender, m.created_at INTO v_sender, v_created FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
   ORDER BY m.seq LIMIT 1;
  -- A user id is never empty.
  RETURN QUERY
  SELECT p.user_id, p.read_seq FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id > coalesce(p_after, '')
     AND p.left_seq IS NULL AND p.read_seq >= p_seq AND p.joined_at <= v_created AND p.user_id <> v_sender
   ORDER BY p.user_id
   LIMIT p_limit;
END
$$;

-- What is unread in all of a user's current conversations together, but for the hidden ones, and which part of that is in
-- muted ones: O(own conversations) integers. A conversation that was marked unread is one, whatever is left to count in it.
CREATE FUNCTION unread_totals_v1(p_tenant uuid, p_user text)
RETURNS TABLE (messages bigint, conversations bigint, muted_messages bigint, muted_conversations bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT coalesce(sum(u.unread), 0)::bigint, count(*),
         coalesce(sum(u.unread) FILTER (WHERE u.muted), 0)::bigint, count(*) FILTER (WHERE u.muted)
    FROM (
      SELECT m.unread, m.unread_from_seq, m.muted FROM membership_v1 m
       WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND NOT m.hidden
    ) u
   WHERE u.unread > 0 OR u.unread_from_seq IS NOT NULL;
END
$$;

-- The heads of a user's current conversations by id, after p_after (null: from the beginning), with what is unread there.
CREATE FUNCTION timeline_heads_v2(p_tenant uuid, p_user text, p_after uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, last_seq bigint, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, own_version int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, m.last_seq, m.visible_from, m.read_seq, m.unread_from_seq, m.unread,
         m.own_version
    FROM membership_v1 m
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user AND (p_after IS NULL OR m.conversation_id > p_after)
   ORDER BY m.conversation_id
   LIMIT p_limit;
END
$$;

-- Places of a user's current conversations, the last active first, after (p_after_at, p_after_id) where a page goes on:
-- sorted at read time, so that no send keeps an index on activity. Filters: kind, subjectType, subjectId, status,
-- archived, pinned, unread, q (a part of the title, in any case); one that is absent lets everything pass. Hidden ones
-- come only where `hidden` is true, and then alone. The conversation's own row is read only where it is asked about.
CREATE FUNCTION inbox_places_v1(p_tenant uuid, p_user text, p_filter jsonb, p_after_at timestamptz, p_after_id uuid,
                                p_limit int)
RETURNS TABLE (conversation_id uuid, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_kind text := p_filter->>'kind';
  v_subject_type text := p_filter->>'subjectType';
  v_subject_id text := p_filter->>'subjectId';
  v_status text := p_filter->>'status';
  v_archived boolean := (p_filter->>'archived')::boolean;
  v_pinned boolean := (p_filter->>'pinned')::boolean;
  v_hidden boolean := coalesce((p_filter->>'hidden')::boolean, false);
  v_unread boolean := (p_filter->>'unread')::boolean;
  v_title text := lower(p_filter->>'q');
  v_filtered boolean := coalesce(v_kind, v_subject_type, v_subject_id, v_status, v_title) IS NOT NULL;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, coalesce(m.last_message_at, c.created_at)
    FROM membership_v1 m
    LEFT JOIN LATERAL (
      SELECT x.kind, x.subject_type, x.subject_id, x.status, x.title, x.created_at FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = m.conversation_id AND (v_filtered OR m.last_message_at IS NULL)
       LIMIT 1
    ) c ON true
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user
     AND m.hidden = v_hidden
     AND (v_archived IS NULL OR m.archived = v_archived)
     AND (v_pinned IS NULL OR m.pinned = v_pinned)
     AND (v_kind IS NULL OR c.kind = v_kind)
     AND (v_subject_type IS NULL OR c.subject_type = v_subject_type)
     AND (v_subject_id IS NULL OR c.subject_id = v_subject_id)
     AND (v_status IS NULL OR c.status = v_status)
     AND (v_title IS NULL OR strpos(lower(c.title), v_title) > 0)
     AND (v_unread IS NULL OR (m.unread > 0 OR m.unread_from_seq IS NOT NULL) = v_unread)
     AND (p_after_id IS NULL
          OR (coalesce(m.last_message_at, c.created_at), m.conversation_id) < (p_after_at, p_after_id))
   ORDER BY 2 DESC, 1 DESC
   LIMIT p_limit;
END
$$;

-- These conversations with their heads, the seq of the newest message that the user may see, and the user's own part where
-- it has one (role is null where it has none; p_user null: nobody's), in no order.
CREATE FUNCTION inbox_find_v1(p_tenant uuid, p_user text, p_conversations uuid[])
RETURNS TABLE (id uuid, kind text, status text, visibility text, history text, subject_type text, subject_id text,
               title text, reaction_mode text, metadata jsonb, created_at timestamptz, last_seq bigint,
               message_count bigint, last_message_at timestamptz, last_message_seq bigint, user_id text, role text,
               label text, joined_at timestamptz, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, pinned boolean, archived boolean, hidden boolean, muted_until timestamptz,
               notification_level text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT c.id, c.kind, c.status, c.visibility, c.history, c.subject_type, c.subject_id, c.title, c.reaction_mode,
         c.metadata, c.created_at, h.last_seq, h.message_count, h.last_message_at, n.seq, m.user_id, m.role, m.label,
         m.joined_at, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.pinned, m.archived, m.hidden,
         m.muted_until, m.notification_level
    FROM unnest(p_conversations) AS w(id)
    JOIN LATERAL (
      SELECT x.* FROM conversation x WHERE x.tenant_id = p_tenant AND x.id = w.id LIMIT 1
    ) c ON true
    JOIN LATERAL (
      SELECT x.last_seq, x.message_count, x.last_message_at FROM conversation_head x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true
    LEFT JOIN LATERAL (
      SELECT x.* FROM membership_v1 x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = p_user LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT x.seq FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.seq >= coalesce(m.visible_from, 1)
       ORDER BY x.seq DESC LIMIT 1
    ) n ON true;
END
$$;

-- The reactions to some messages, which may be of different conversations (p_conversations and p_messages in pairs): per
-- message and key the count, and whether p_user is among them (null: nobody asks), in the order in which the keys came.
CREATE FUNCTION reaction_views_v1(p_tenant uuid, p_user text, p_conversations uuid[], p_messages bigint[])
RETURNS TABLE (conversation_id uuid, message_seq bigint, key text, count int, mine boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT n.conversation_id, n.message_seq, n.key, n.count, coalesce(p_user IS NOT NULL AND EXISTS (
           SELECT 1 FROM reaction r WHERE r.tenant_id = p_tenant AND r.conversation_id = n.conversation_id
              AND r.message_seq = n.message_seq AND r.key = n.key AND r.user_id = p_user), false)
    FROM unnest(p_conversations, p_messages) AS w(conversation, seq)
    CROSS JOIN LATERAL (
      SELECT x.conversation_id, x.message_seq, x.key, x.count, x.first_seq FROM reaction_count x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.conversation AND x.message_seq = w.seq
       ORDER BY x.key LIMIT 1000
    ) n
   ORDER BY n.conversation_id, n.message_seq, n.first_seq;
END
$$;

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

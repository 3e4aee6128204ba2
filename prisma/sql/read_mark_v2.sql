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

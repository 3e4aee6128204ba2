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

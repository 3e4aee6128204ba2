-- A send that comes alone is stored by itself, for little more than half of what the statement for 64 costs it.

-- Stores one send as timeline_send stores many, with the same outcomes and the same event: a message of a user without
-- mentions and references. What timeline_send prepares for 64 rows at once costs more than one of them.
-- The snapshot after the lock: as there. So are the plans, whatever the statistics say.
CREATE FUNCTION timeline_send_one_v1(p_tenant uuid, p_conversation uuid, p_id uuid, p_sender text, p_key text, p_hash text,
                                     p_kind text, p_text text, p_metadata jsonb, p_handlers text[])
RETURNS TABLE (i int, outcome text, id uuid, seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off AS $$
DECLARE
  v_now timestamptz;
  v_hash bytea := decode(p_hash, 'hex');
  h record;
  j record;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);

  SELECT x.last_seq + 1 AS new_seq, x.message_count + 1 AS new_ordinal INTO h
    FROM conversation_head x
   WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
     FOR NO KEY UPDATE;

  v_now := date_trunc('milliseconds', clock_timestamp());

  SELECT d.id AS first_id, d.seq AS first_seq, d.at AS first_at,
         CASE
           WHEN d.seq IS NOT NULL AND d.body_hash = v_hash THEN 'duplicate'
           WHEN d.seq IS NOT NULL THEN 'key_conflict'
           WHEN p.user_id IS NULL OR p.left_seq IS NOT NULL THEN 'not_member'
           WHEN cv.status <> 'active' THEN 'closed'
           WHEN cv.blocked THEN 'blocked'
           WHEN cv.posting <> 'everyone' AND NOT (cv.posting = 'admins' AND p.role IN ('owner', 'admin'))
             THEN 'posting_denied'
           WHEN cv.slow_mode_seconds > 0 AND p.role IN ('member', 'guest')
                AND p.last_sent_at > v_now - make_interval(secs => cv.slow_mode_seconds) THEN 'slow_mode'
           ELSE 'created'
         END AS verdict,
         p.last_sent_at + make_interval(secs => cv.slow_mode_seconds) AS free_at
    INTO j
    FROM (VALUES (1)) one
    LEFT JOIN LATERAL (
      SELECT x.id, x.seq, x.at, x.body_hash FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.sender = p_sender
         AND x.client_message_id >= p_key AND x.client_message_id <= p_key
       ORDER BY x.client_message_id LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
      SELECT x.user_id, x.left_seq, x.role, x.last_sent_at FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.user_id = p_sender LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
      SELECT x.status, x.posting, x.slow_mode_seconds, x.blocked FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = p_conversation LIMIT 1
    ) cv ON true;

  IF j.verdict <> 'created' THEN
    RETURN QUERY
    SELECT 0, j.verdict, j.first_id, j.first_seq, CASE WHEN j.verdict = 'slow_mode' THEN j.free_at ELSE j.first_at END;
    RETURN;
  END IF;

  INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal,
                       kind, text, mentions, metadata, at, created_at)
  VALUES (p_tenant, p_conversation, h.new_seq, p_id, p_sender, p_key, v_hash, h.new_ordinal,
          p_kind, p_text, '[]', coalesce(p_metadata, '{}'), v_now, v_now);

  INSERT INTO conversation_head AS x (tenant_id, conversation_id, last_seq, message_count, last_message_at)
  VALUES (p_tenant, p_conversation, h.new_seq, h.new_ordinal, v_now)
  ON CONFLICT (tenant_id, conversation_id) DO UPDATE
     SET last_seq = excluded.last_seq, message_count = excluded.message_count, last_message_at = excluded.last_message_at;

  INSERT INTO participant AS p (tenant_id, conversation_id, user_id, visible_from, joined_at, own_after_read, last_sent_at)
  VALUES (p_tenant, p_conversation, p_sender, 1, v_now, 1, v_now)
  ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE
     SET own_after_read = p.own_after_read + 1, last_sent_at = excluded.last_sent_at;

  IF cardinality(p_handlers) > 0 THEN
    INSERT INTO outbox (tenant_id, id, event, payload, handlers, created_at)
    VALUES (p_tenant, p_id, 'message.created',
            jsonb_build_object('conversationIds', ARRAY[p_conversation], 'seqs', ARRAY[h.new_seq]), p_handlers, v_now);
  END IF;

  i := 0; outcome := j.verdict; id := p_id; seq := h.new_seq; at := v_now;
  RETURN NEXT;
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

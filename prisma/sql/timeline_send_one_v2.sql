-- Stores one send as timeline_send stores many: a message of a user without mentions and references. What timeline_send
-- prepares for 64 rows at once costs more than one of them. Here is only what lets a send pass without a doubt; any other,
-- one that came before as well, is judged by timeline_send, in this transaction and under the same lock.
-- The snapshot after the lock: as there. Plans by index whatever the statistics say.
CREATE FUNCTION timeline_send_one_v2(p_tenant uuid, p_conversation uuid, p_id uuid, p_sender text, p_key text, p_hash text,
                                     p_kind text, p_text text, p_metadata jsonb, p_handlers text[])
RETURNS TABLE (i int, outcome text, id uuid, seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  -- An assignment is evaluated without an executor, which PERFORM sets up.
  v_tenant text := set_config('app.tenant_id', p_tenant::text, true);
  v_now timestamptz;
  v_seq bigint;
  v_ordinal bigint;
BEGIN
  SELECT x.last_seq + 1, x.message_count + 1 INTO v_seq, v_ordinal
    FROM conversation_head x
   WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
     FOR NO KEY UPDATE;

  v_now := date_trunc('milliseconds', clock_timestamp());

  INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal,
                       kind, text, mentions, metadata, at, created_at)
  SELECT p_tenant, p_conversation, v_seq, p_id, p_sender, p_key, decode(p_hash, 'hex'), v_ordinal,
         p_kind, p_text, '[]', coalesce(p_metadata, '{}'), v_now, v_now
    FROM participant p
    CROSS JOIN conversation c
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_sender AND p.left_seq IS NULL
     AND c.tenant_id = p_tenant AND c.id = p_conversation AND c.status = 'active' AND NOT c.blocked
     AND (c.posting = 'everyone' OR c.posting = 'admins' AND p.role IN ('owner', 'admin'))
     AND c.slow_mode_seconds = 0
  ON CONFLICT (sender, conversation_id, client_message_id, tenant_id) DO NOTHING;

  IF NOT FOUND THEN
    RETURN QUERY
    SELECT s.* FROM timeline_send_v5(p_tenant, json_build_array(json_build_object(
      'i', 0, 'c', p_conversation, 'id', p_id, 's', p_sender, 'k', p_key, 'h', p_hash, 'kind', p_kind, 't', p_text,
      'md', p_metadata)), p_handlers) s;
    RETURN;
  END IF;

  UPDATE conversation_head x
     SET last_seq = v_seq, message_count = v_ordinal, last_message_at = v_now
   WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation;

  UPDATE participant p
     SET own_after_read = p.own_after_read + 1, last_sent_at = v_now
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_sender;

  IF cardinality(p_handlers) > 0 THEN
    INSERT INTO outbox (tenant_id, id, event, conversation_id, seq, handlers, created_at)
    VALUES (p_tenant, p_id, 'message.created', p_conversation, v_seq, p_handlers, v_now);
  END IF;

  i := 0; outcome := 'created'; id := p_id; seq := v_seq; at := v_now;
  RETURN NEXT;
END
$$;

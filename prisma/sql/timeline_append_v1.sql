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

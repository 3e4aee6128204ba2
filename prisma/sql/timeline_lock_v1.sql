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

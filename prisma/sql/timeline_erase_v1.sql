-- Erases at most p_limit rows of a deleted conversation's timeline: its messages with all that belongs to them, the oldest
-- first, then its changes but the newest, which tells that it was deleted. Returns how many; less than p_limit: nothing is left.
CREATE FUNCTION timeline_erase_v1(p_tenant uuid, p_conversation uuid, p_limit int)
RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_messages int;
  v_changes int;
BEGIN
  DELETE FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation
     AND m.seq = ANY (ARRAY(
       SELECT x.seq FROM message x WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
        ORDER BY x.seq LIMIT p_limit));
  GET DIAGNOSTICS v_messages = ROW_COUNT;
  DELETE FROM change c
   WHERE c.tenant_id = p_tenant AND c.conversation_id = p_conversation
     AND c.seq = ANY (ARRAY(
       SELECT x.seq FROM change x
        WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
          AND x.seq < (SELECT h.last_seq FROM conversation_head h
                        WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation)
        ORDER BY x.seq LIMIT p_limit - v_messages));
  GET DIAGNOSTICS v_changes = ROW_COUNT;
  RETURN v_messages + v_changes;
END
$$;

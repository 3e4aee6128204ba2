-- Makes a message a tombstone under its head's lock: its place stays, its content goes. For p_keep_days what it said, and
-- what it said before its edits, is kept as revisions, which moderators alone may read; at 0 nothing is. The caller has
-- appended the change that tells of it, at p_at. Returns the tombstone.
-- A deletion is no edit: the version stays. The head learns of a counted message, so that unread counts are corrected only
-- for those who have it before them.
CREATE FUNCTION timeline_delete_v2(p_tenant uuid, p_conversation uuid, p_seq bigint, p_actor text, p_at timestamptz,
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
  DELETE FROM mention n
   WHERE n.message_seq = p_seq AND n.conversation_id = p_conversation AND n.tenant_id = p_tenant;
  PERFORM thread_shrink_v1(p_tenant, p_conversation, p_seq);
  UPDATE conversation_head h SET last_deleted_seq = p_seq
   WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND h.last_deleted_seq < p_seq
     AND EXISTS (SELECT 1 FROM message m
                  WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
                    AND m.ordinal IS NOT NULL ORDER BY m.seq LIMIT 1);
END
$$;

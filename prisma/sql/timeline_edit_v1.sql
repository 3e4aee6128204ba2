-- Gives a message other content under its head's lock, and keeps what it said as a revision. The caller has appended the
-- change that tells of it, at p_at. Returns the message as it is now.
CREATE FUNCTION timeline_edit_v1(p_tenant uuid, p_conversation uuid, p_seq bigint, p_text text, p_mentions jsonb,
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
END
$$;

-- Gives a message other content under its head's lock, and keeps what it said as a revision. The caller has appended the
-- change that tells of it, at p_at. Returns the message as it is now. Whom it mentions follows, but for an imported one,
-- which nobody has unread.
CREATE FUNCTION timeline_edit_v2(p_tenant uuid, p_conversation uuid, p_seq bigint, p_text text, p_mentions jsonb,
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
  DELETE FROM mention n
   WHERE n.message_seq = p_seq AND n.conversation_id = p_conversation AND n.tenant_id = p_tenant;
  INSERT INTO mention (tenant_id, conversation_id, target, message_seq, sender)
  SELECT p_tenant, p_conversation, t.target, p_seq, m.sender
    FROM (SELECT x.sender, x.imported FROM message x
           WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation AND x.seq >= p_seq AND x.seq <= p_seq
           ORDER BY x.seq LIMIT 1) m
   CROSS JOIN LATERAL mention_targets_v1(p_mentions) AS t(target)
   WHERE NOT m.imported;
  IF FOUND THEN
    UPDATE conversation_head h SET last_mention_seq = p_seq
     WHERE h.tenant_id = p_tenant AND h.conversation_id = p_conversation AND h.last_mention_seq < p_seq;
  END IF;
END
$$;

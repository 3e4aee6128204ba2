-- Up to p_limit messages of a tenant whose search text an older version wrote, as they are now, for
-- message_search_put_v1. The index message_search_stale_idx holds nothing else, and it alone has this order.
CREATE FUNCTION search_stale_v2(p_tenant uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text, is_reply boolean,
               version int, searchable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT s.conversation_id, s.seq, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.version,
         m.kind = 'text' AND m.deleted_at IS NULL
    FROM (
      SELECT x.conversation_id, x.seq, x.message_id FROM message_search x
       WHERE x.tenant_id = p_tenant AND NOT x.words @@ '''@3'''::tsquery
       ORDER BY x.message_id LIMIT p_limit
    ) s
    CROSS JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = s.conversation_id AND x.seq >= s.seq AND x.seq <= s.seq
       ORDER BY x.seq LIMIT 1
    ) m
$$;

-- Up to p_limit messages of a tenant whose search text an older version wrote. The index message_search_stale_idx holds
-- nothing else, and it alone has this order.
CREATE FUNCTION search_stale_v1(p_tenant uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT s.conversation_id, s.seq FROM message_search s
   WHERE s.tenant_id = p_tenant AND NOT s.words @@ '''@3'''::tsquery
   ORDER BY s.message_id LIMIT p_limit
$$;

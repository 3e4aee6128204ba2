-- The messages of a user's conversations that have the words of p_query (web search syntax; the last word may be a
-- beginning), the best first and then the newest, within what the user may see; in p_conversation alone where it is given;
-- after the hit (p_after_rank, p_after_id) where a page goes on.
-- SECURITY DEFINER, so without row-level security: @@ is not leakproof and would be run on all rows of the tenant. The
-- wall is therefore p_tenant in both tables, and the membership.
CREATE FUNCTION search_messages_v1(p_tenant uuid, p_user text, p_query text, p_conversation uuid, p_after_rank real,
                                   p_after_id uuid, p_limit int)
RETURNS TABLE (conversation_id uuid, seq bigint, message_id uuid, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_text text := websearch_to_tsquery('simple', p_query)::text;
  v_query tsquery;
BEGIN
  v_query := (CASE WHEN right(v_text, 1) = '''' THEN v_text || ':*' ELSE v_text END)::tsquery;
  -- Nothing to look up in the index, such as only words that must not occur: that would be a walk over everything.
  IF querytree(v_query) IN ('', 'T') THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT h.conversation_id, h.seq, h.message_id, h.rank
    FROM (
      SELECT s.conversation_id, s.seq, s.message_id, ts_rank(s.words, v_query) AS rank
        FROM message_search s
        JOIN participant p ON p.tenant_id = p_tenant AND p.conversation_id = s.conversation_id AND p.user_id = p_user
       WHERE s.tenant_id = p_tenant AND s.words @@ v_query
         AND (p_conversation IS NULL OR s.conversation_id = p_conversation)
         AND s.seq >= p.visible_from AND (p.left_seq IS NULL OR s.seq <= p.left_seq)
    ) h
   WHERE p_after_id IS NULL OR (h.rank, h.message_id) < (p_after_rank, p_after_id)
   ORDER BY h.rank DESC, h.message_id DESC
   LIMIT p_limit;
END
$$;

-- The messages that these events of the outbox are about, as they are now, where the handler is still to run: without a
-- lock, for message_search_put_v1. A tombstone and a system message have no search text (searchable is false); without a
-- place, or with one at which no message is, id is null.
CREATE FUNCTION message_search_take_v1(p_tenant uuid, p_events uuid[], p_handler text)
RETURNS TABLE (event_id uuid, conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text,
               is_reply boolean, version int, searchable boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT o.id, w.c, w.s, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.version,
         m.kind = 'text' AND m.deleted_at IS NULL
    FROM outbox o
    CROSS JOIN LATERAL (
      SELECT o.conversation_id AS c, o.seq AS s WHERE o.payload->'seqs' IS NULL
      UNION ALL
      SELECT x.c::uuid, x.s::bigint
        FROM ROWS FROM (jsonb_array_elements_text(o.payload->'conversationIds'),
                        jsonb_array_elements_text(o.payload->'seqs')) AS x(c, s)
       WHERE o.payload->'seqs' IS NOT NULL
    ) w
    LEFT JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq >= w.s AND x.seq <= w.s
       ORDER BY x.seq LIMIT 1
    ) m ON true
   WHERE o.tenant_id = p_tenant AND o.id = ANY (p_events) AND p_handler = ANY (o.handlers);
END
$$;

-- The messages [{ c: conversation, s: seq }] as they are now, for their search text; a tombstone and a system message have
-- none (searchable is false). They stay locked against a change until the commit: a deletion that comes meanwhile waits,
-- and its own event follows. One plan whatever the statistics say: looked up by a range of one seq, which only the primary
-- key orders.
CREATE FUNCTION message_search_read_v1(p_tenant uuid, p_rows json)
RETURNS TABLE (conversation_id uuid, seq bigint, id uuid, sender text, at timestamptz, text text, is_reply boolean,
               searchable boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT w.c, w.s, m.id, m.sender, m.at, m.text, m.reply_to IS NOT NULL, m.kind = 'text' AND m.deleted_at IS NULL
    FROM (
      SELECT DISTINCT (r.value->>'c')::uuid AS c, (r.value->>'s')::bigint AS s
        FROM json_array_elements(p_rows) r ORDER BY 1, 2
    ) w
    CROSS JOIN LATERAL (
      SELECT x.* FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.c AND x.seq >= w.s AND x.seq <= w.s
       ORDER BY x.seq LIMIT 1 FOR SHARE
    ) m;
END
$$;

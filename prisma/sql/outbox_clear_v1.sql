-- Takes a handler off these events, inside the transaction that writes its effect, and returns the events that it was
-- still to run for: whoever gets an event here, and nobody else, writes its effect. An event without handlers goes.
CREATE FUNCTION outbox_clear_v1(p_tenant uuid, p_ids uuid[], p_handler text)
RETURNS TABLE (id uuid, conversation_id uuid, seq bigint, payload jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_ids uuid[];
BEGIN
  -- In the order of ids: two jobs that share events wait for each other, and never in a circle.
  v_ids := ARRAY(
    SELECT o.id FROM outbox o
     WHERE o.tenant_id = p_tenant AND o.id = ANY (p_ids) AND p_handler = ANY (o.handlers)
     ORDER BY o.id FOR UPDATE);
  RETURN QUERY
  WITH gone AS (
    DELETE FROM outbox o
     WHERE o.tenant_id = p_tenant AND o.id = ANY (v_ids) AND o.handlers = ARRAY[p_handler] AND o.dead = '{}'
    RETURNING o.id, o.conversation_id, o.seq, o.payload
  ),
  kept AS (
    UPDATE outbox o
       SET handlers = array_remove(o.handlers, p_handler),
           queued_at = CASE WHEN o.handlers = ARRAY[p_handler] THEN 'infinity' ELSE o.queued_at END
     WHERE o.tenant_id = p_tenant AND o.id = ANY (v_ids) AND NOT (o.handlers = ARRAY[p_handler] AND o.dead = '{}')
    RETURNING o.id, o.conversation_id, o.seq, o.payload
  )
  SELECT * FROM gone UNION ALL SELECT * FROM kept;
END
$$;

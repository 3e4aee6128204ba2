-- Marks up to p_limit events as queued and returns them: those that never were, and those that were queued more than
-- p_requeue_ms ago, whose job may be lost. By state and never by "id > cursor": a transaction may commit its rows after
-- another one that began later. size: how many messages the event is about. queued_before keeps together what was queued
-- together.
-- The planner is given one way, by the index on queued_at and the primary key: on a fresh table it would walk all rows.
CREATE FUNCTION system_outbox_claim_v2(p_limit int, p_requeue_ms bigint)
RETURNS TABLE (tenant_id uuid, id uuid, event text, handlers text[], size int, queued_before timestamptz,
               queued_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
BEGIN
  RETURN QUERY
  WITH fresh AS MATERIALIZED (
    SELECT o.tenant_id AS t, o.id AS i, o.queued_at AS q FROM outbox o
     WHERE o.queued_at IS NULL
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  overdue AS MATERIALIZED (
    SELECT o.tenant_id AS t, o.id AS i, o.queued_at AS q FROM outbox o
     WHERE o.queued_at < v_now - p_requeue_ms * interval '1 millisecond'
     ORDER BY o.queued_at
     LIMIT p_limit - (SELECT count(*) FROM fresh) FOR UPDATE SKIP LOCKED
  ),
  claimed AS MATERIALIZED (SELECT * FROM fresh UNION ALL SELECT * FROM overdue)
  UPDATE outbox o SET queued_at = v_now FROM claimed c
   WHERE o.tenant_id = c.t AND o.id = c.i
  RETURNING o.tenant_id, o.id, o.event, o.handlers, coalesce(jsonb_array_length(o.payload->'seqs'), 1), c.q,
            o.queued_at;
END
$$;

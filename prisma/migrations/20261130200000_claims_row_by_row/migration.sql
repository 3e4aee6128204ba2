-- A claim takes its events row by row: the plan stays from when the outbox was empty, and a join was then quadratic.

-- Marks up to p_limit events as queued and returns them: those that never were, and those that were queued more than
-- p_requeue_ms ago, whose job may be lost. By state and never by "id > cursor": a transaction may commit its rows after
-- another one that began later. size: how many messages the event is about. queued_before keeps together what was queued
-- together.
-- Row by row, each by its whole key: the plan stays from when the outbox was empty, and joined, every claim then walked all
-- events under way once for each one that it took.
CREATE FUNCTION system_outbox_claim_v3(p_limit int, p_requeue_ms bigint)
RETURNS TABLE (tenant_id uuid, id uuid, event text, handlers text[], size int, queued_before timestamptz,
               queued_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_event record;
BEGIN
  FOR v_event IN
    WITH fresh AS MATERIALIZED (
      SELECT o.* FROM outbox o
       WHERE o.queued_at IS NULL
       LIMIT p_limit FOR UPDATE SKIP LOCKED
    ),
    overdue AS MATERIALIZED (
      SELECT o.* FROM outbox o
       WHERE o.queued_at < v_now - p_requeue_ms * interval '1 millisecond'
       ORDER BY o.queued_at
       LIMIT p_limit - (SELECT count(*) FROM fresh) FOR UPDATE SKIP LOCKED
    )
    SELECT * FROM fresh UNION ALL SELECT * FROM overdue
  LOOP
    UPDATE outbox o SET queued_at = v_now WHERE o.tenant_id = v_event.tenant_id AND o.id = v_event.id;
    tenant_id := v_event.tenant_id;
    id := v_event.id;
    event := v_event.event;
    handlers := v_event.handlers;
    size := coalesce(jsonb_array_length(v_event.payload->'seqs'), 1);
    queued_before := v_event.queued_at;
    queued_at := v_now;
    RETURN NEXT;
  END LOOP;
END
$$;

-- Functions named system_* are the system role's, all others the application's.
DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f,
                   CASE WHEN f::text LIKE 'system\_%' THEN 'parley_system' ELSE 'parley_app' END);
  END LOOP;
END
$$;

-- Marks up to p_limit events as queued and returns them: those that never were, and those that were queued more than
-- p_requeue_ms ago, whose job may be lost. By state and never by "id > cursor": a transaction may commit its rows after
-- another one that began later. size: how many messages the event is about. queued_before keeps together what was queued
-- together.
-- Many rows are a long piece of work, and whoever sends may share the machine: it sleeps now and then.
-- By the rows' places, which their locks keep: the plan stays from when the outbox was empty, and joined by their keys,
-- every claim walked all events under way once for each one that it took.
CREATE FUNCTION system_outbox_claim_v4(p_limit int, p_requeue_ms bigint)
RETURNS TABLE (tenant_id uuid, id uuid, event text, handlers text[], size int, queued_before timestamptz,
               queued_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_fresh tid[] := ARRAY(SELECT o.ctid FROM outbox o WHERE o.queued_at IS NULL LIMIT p_limit FOR UPDATE SKIP LOCKED);
  v_event record;
BEGIN
  FOR v_from IN 1 .. cardinality(v_fresh) BY 32 LOOP
    IF v_from > 1 THEN PERFORM pg_sleep(0.002); END IF;
    RETURN QUERY
    UPDATE outbox o SET queued_at = v_now WHERE o.ctid = ANY (v_fresh[v_from : v_from + 31])
    RETURNING o.tenant_id, o.id, o.event, o.handlers, coalesce(jsonb_array_length(o.payload->'seqs'), 1), NULL::timestamptz,
              v_now;
  END LOOP;

  FOR v_event IN
    SELECT o.* FROM outbox o
     WHERE o.queued_at < v_now - p_requeue_ms * interval '1 millisecond'
     ORDER BY o.queued_at
     LIMIT p_limit - cardinality(v_fresh) FOR UPDATE SKIP LOCKED
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

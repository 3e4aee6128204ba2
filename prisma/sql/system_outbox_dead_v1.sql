-- The newest p_limit events with a job that failed for good, over all tenants: ids and reasons, no content.
CREATE FUNCTION system_outbox_dead_v1(p_limit int)
RETURNS TABLE (tenant_id uuid, id uuid, event text, dead text[], dead_reason text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.tenant_id, o.id, o.event, o.dead, o.dead_reason, o.created_at
    FROM outbox o WHERE o.dead <> '{}'
   ORDER BY o.created_at DESC, o.id DESC LIMIT p_limit
$$;

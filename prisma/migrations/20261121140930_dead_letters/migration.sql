-- The function of prisma/sql that lists dead letters.

-- The newest p_limit events with a job that failed for good, over all tenants: ids and reasons, no content.
CREATE FUNCTION system_outbox_dead_v1(p_limit int)
RETURNS TABLE (tenant_id uuid, id uuid, event text, dead text[], dead_reason text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.tenant_id, o.id, o.event, o.dead, o.dead_reason, o.created_at
    FROM outbox o WHERE o.dead <> '{}'
   ORDER BY o.created_at DESC, o.id DESC LIMIT p_limit
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

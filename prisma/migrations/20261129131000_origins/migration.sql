CREATE INDEX "tenant_origins_idx" ON "tenant" USING gin (("settings" -> 'origins'));

-- Whether an active tenant has one of these entries in its list of web origins: a browser asks before anybody says whose it is.
CREATE FUNCTION system_origin_listed_v1(p_entries text[])
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tenant t WHERE (t.settings -> 'origins') ?| p_entries AND t.status = 'active')
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

-- All tenants of the installation by name, for the command line.
CREATE FUNCTION system_tenants_v1()
RETURNS TABLE (id uuid, name text, status text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.name, t.status, t.created_at FROM tenant t ORDER BY t.name, t.id
$$;

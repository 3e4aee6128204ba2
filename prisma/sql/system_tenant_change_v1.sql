-- Changes a tenant; what is null stays. No row: there is no such tenant.
CREATE FUNCTION system_tenant_change_v1(p_id uuid, p_name text, p_status text)
RETURNS TABLE (id uuid, name text, status text, created_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenant t SET name = coalesce(p_name, t.name), status = coalesce(p_status, t.status)
   WHERE t.id = p_id
  RETURNING t.id, t.name, t.status, t.created_at
$$;

-- Tenants of the installation by id, after p_after (null: from the beginning); p_id names the only one wanted.
CREATE FUNCTION system_tenants_v2(p_id uuid, p_after uuid, p_limit int)
RETURNS TABLE (id uuid, name text, status text, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_id IS NOT NULL THEN
    RETURN QUERY SELECT t.id, t.name, t.status, t.created_at FROM tenant t WHERE t.id = p_id;
  ELSIF p_after IS NOT NULL THEN
    RETURN QUERY SELECT t.id, t.name, t.status, t.created_at FROM tenant t WHERE t.id > p_after ORDER BY t.id LIMIT p_limit;
  ELSE
    RETURN QUERY SELECT t.id, t.name, t.status, t.created_at FROM tenant t ORDER BY t.id LIMIT p_limit;
  END IF;
END
$$;

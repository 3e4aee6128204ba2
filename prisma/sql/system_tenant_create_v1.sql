-- Makes a tenant; false when the id is taken (a repeated bootstrap).
CREATE FUNCTION system_tenant_create_v1(p_id uuid, p_name text, p_body_hash_key bytea)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tenant (id, name, body_hash_key) VALUES (p_id, p_name, p_body_hash_key) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END
$$;

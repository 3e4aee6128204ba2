-- The server API key of a hash, whatever its tenant.
CREATE FUNCTION system_server_key_v1(p_hash bytea)
RETURNS TABLE (id uuid, tenant_id uuid, tenant_status text, scopes text[], revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.status, k.scopes, k.revoked_at
    FROM server_key k JOIN tenant t ON t.id = k.tenant_id
   WHERE k.key_hash = p_hash
$$;

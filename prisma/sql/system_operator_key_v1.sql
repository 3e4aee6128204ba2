-- The operator key of a hash.
CREATE FUNCTION system_operator_key_v1(p_hash bytea)
RETURNS TABLE (id uuid, scopes text[], revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.scopes, k.revoked_at FROM operator_key k WHERE k.key_hash = p_hash
$$;

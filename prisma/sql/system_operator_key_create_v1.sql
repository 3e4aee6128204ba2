-- Adds an operator key and returns it as it is listed.
CREATE FUNCTION system_operator_key_create_v1(p_id uuid, p_name text, p_hash bytea, p_scopes text[])
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO operator_key AS k (id, name, key_hash, scopes) VALUES (p_id, p_name, p_hash, p_scopes)
  RETURNING k.id, k.name, k.scopes, k.created_at, k.revoked_at
$$;

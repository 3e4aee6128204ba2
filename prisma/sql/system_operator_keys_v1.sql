-- All operator keys, the oldest first, without what would verify one.
CREATE FUNCTION system_operator_keys_v1()
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.name, k.scopes, k.created_at, k.revoked_at FROM operator_key k ORDER BY k.created_at, k.id
$$;

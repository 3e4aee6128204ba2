-- Ends an operator key; a second time changes nothing. No row: there is no such key.
CREATE FUNCTION system_operator_key_revoke_v1(p_id uuid)
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE operator_key k SET revoked_at = coalesce(k.revoked_at, clock_timestamp()) WHERE k.id = p_id
  RETURNING k.id, k.name, k.scopes, k.created_at, k.revoked_at
$$;

-- The key that a token's `kid` names, whatever its tenant: nothing is known of the tenant yet when a token arrives.
CREATE FUNCTION system_signing_key_v1(p_kid text)
RETURNS TABLE (id uuid, tenant_id uuid, tenant_status text, algorithm text, secret bytea, issuer text, audience text,
               revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.status, k.algorithm, k.secret, k.issuer, k.audience, k.revoked_at
    FROM tenant_key k JOIN tenant t ON t.id = k.tenant_id
   WHERE k.kid = p_kid
$$;

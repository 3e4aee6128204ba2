-- Where a tenant publishes the keys of its user tokens, the oldest first. A token names the tenant itself, and nothing of it is
-- believed yet.
CREATE FUNCTION system_jwks_sources_v1(p_tenant uuid)
RETURNS TABLE (id uuid, tenant_id uuid, tenant_status text, jwks_url text, issuer text, audience text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.status, k.jwks_url, k.issuer, k.audience
    FROM tenant_key k JOIN tenant t ON t.id = k.tenant_id
   WHERE k.tenant_id = p_tenant AND k.jwks_url IS NOT NULL AND k.revoked_at IS NULL
   ORDER BY k.created_at, k.id
$$;

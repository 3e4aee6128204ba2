-- A signing key may be a URL where the tenant publishes its keys.
ALTER TABLE "tenant_key"
  ALTER COLUMN "kid" DROP NOT NULL,
  ALTER COLUMN "algorithm" DROP NOT NULL,
  ALTER COLUMN "secret" DROP NOT NULL,
  ADD COLUMN "jwks_url" TEXT;
ALTER TABLE "tenant_key" ADD CONSTRAINT "tenant_key_form_check" CHECK (
  ("jwks_url" IS NULL AND num_nulls("kid", "algorithm", "secret") = 0)
  OR ("jwks_url" IS NOT NULL AND num_nonnulls("kid", "algorithm", "secret") = 0));

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

-- Functions named system_* are the system role's, all others the application's.
DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f,
                   CASE WHEN f::text LIKE 'system\_%' THEN 'parley_system' ELSE 'parley_app' END);
  END LOOP;
END
$$;

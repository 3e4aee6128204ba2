-- Keys of those who run the installation; the functions of prisma/sql for them.

CREATE TABLE "operator_key" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "key_hash" BYTEA NOT NULL,
  "scopes" TEXT[],
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "operator_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "operator_key_key_hash_key" ON "operator_key" ("key_hash");

-- It belongs to no tenant, so nothing that a tenant sets opens it: no policy, and no right either.
ALTER TABLE "operator_key" ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON "operator_key" FROM parley_app;

-- The operator key of a hash.
CREATE FUNCTION system_operator_key_v1(p_hash bytea)
RETURNS TABLE (id uuid, scopes text[], revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.scopes, k.revoked_at FROM operator_key k WHERE k.key_hash = p_hash
$$;

-- All operator keys, the oldest first, without what would verify one.
CREATE FUNCTION system_operator_keys_v1()
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.id, k.name, k.scopes, k.created_at, k.revoked_at FROM operator_key k ORDER BY k.created_at, k.id
$$;

-- Adds an operator key and returns it as it is listed.
CREATE FUNCTION system_operator_key_create_v1(p_id uuid, p_name text, p_hash bytea, p_scopes text[])
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO operator_key AS k (id, name, key_hash, scopes) VALUES (p_id, p_name, p_hash, p_scopes)
  RETURNING k.id, k.name, k.scopes, k.created_at, k.revoked_at
$$;

-- Ends an operator key; a second time changes nothing. No row: there is no such key.
CREATE FUNCTION system_operator_key_revoke_v1(p_id uuid)
RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE operator_key k SET revoked_at = coalesce(k.revoked_at, clock_timestamp()) WHERE k.id = p_id
  RETURNING k.id, k.name, k.scopes, k.created_at, k.revoked_at
$$;

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

-- Changes a tenant; what is null stays. No row: there is no such tenant.
CREATE FUNCTION system_tenant_change_v1(p_id uuid, p_name text, p_status text)
RETURNS TABLE (id uuid, name text, status text, created_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenant t SET name = coalesce(p_name, t.name), status = coalesce(p_status, t.status)
   WHERE t.id = p_id
  RETURNING t.id, t.name, t.status, t.created_at
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

-- Answers under an Idempotency-Key; the function of prisma/sql that forgets them.

CREATE TABLE "idempotency_key" (
  "tenant_id" UUID NOT NULL,
  "actor" TEXT COLLATE "C" NOT NULL,
  "route" TEXT COLLATE "C" NOT NULL,
  "key" TEXT COLLATE "C" NOT NULL,
  "request_hash" BYTEA NOT NULL,
  "answer" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_id", "actor", "route", "key")
);
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key" ("created_at");
ALTER TABLE "idempotency_key" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "idempotency_key"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Forgets up to p_limit answers that were kept for a day, over all tenants, and says how many they were.
CREATE FUNCTION system_idempotency_expire_v1(p_limit int)
RETURNS TABLE (expired bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH old AS MATERIALIZED (
    SELECT k.tenant_id, k.actor, k.route, k.key FROM idempotency_key k
     WHERE k.created_at < clock_timestamp() - interval '24 hours'
     ORDER BY k.created_at
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  gone AS (
    DELETE FROM idempotency_key k USING old o
     WHERE k.tenant_id = o.tenant_id AND k.actor = o.actor AND k.route = o.route AND k.key = o.key
    RETURNING 1
  )
  SELECT count(*) FROM gone
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

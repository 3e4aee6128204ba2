-- Whom a conversation keeps out, and whom the whole tenant does.

CREATE TABLE "conversation_ban" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "reason" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "until" TIMESTAMPTZ(3),
  "by_user" TEXT COLLATE "C",
  "by_key" TEXT COLLATE "C",
  CONSTRAINT "conversation_ban_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "user_id")
);
ALTER TABLE "conversation_ban" ADD CONSTRAINT "conversation_ban_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation" ("tenant_id", "id")
  ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "conversation_ban" ADD CONSTRAINT "conversation_ban_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "conversation_ban" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "conversation_ban"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

CREATE TABLE "user_ban" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "reason" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "until" TIMESTAMPTZ(3),
  "by_user" TEXT COLLATE "C",
  "by_key" TEXT COLLATE "C",
  CONSTRAINT "user_ban_pkey" PRIMARY KEY ("tenant_id", "user_id")
);
CREATE INDEX "user_ban_at_idx" ON "user_ban" ("at");
ALTER TABLE "user_ban" ADD CONSTRAINT "user_ban_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "user_ban" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "user_ban"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The users of verified tokens with what decides whether they may come in, each made at first sight (its p_create) with the
-- token's name. No row for whom: unknown and not to be made. No row at all: the tenant is gone.
-- One call for all that come at a time; made in the order of the ids, so that two calls never wait for each other.
CREATE FUNCTION user_seen_v2(p_tenant uuid, p_users text[], p_names text[], p_create boolean[])
RETURNS TABLE (user_id text, tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz,
               invisible boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  IF true = ANY (p_create) THEN
    INSERT INTO app_user (tenant_id, id, name)
    SELECT p_tenant, s.id, max(s.name)
      FROM unnest(p_users, p_names, p_create) AS s (id, name, wanted)
     WHERE s.wanted
       AND EXISTS (SELECT 1 FROM tenant t WHERE t.id = p_tenant)
       AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id)
     GROUP BY s.id ORDER BY s.id COLLATE "C"
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN QUERY
  SELECT u.id, t.status, u.role, u.tokens_valid_after, u.deactivated_at, coalesce(p.invisible, false),
         EXISTS (SELECT 1 FROM user_ban b
                  WHERE b.tenant_id = p_tenant AND b.user_id = u.id AND (b.until IS NULL OR b.until > clock_timestamp()))
    FROM unnest(p_users) AS s (id)
    JOIN app_user u ON u.tenant_id = p_tenant AND u.id = s.id
    JOIN tenant t ON t.id = u.tenant_id
    LEFT JOIN user_presence p ON p.tenant_id = u.tenant_id AND p.user_id = u.id;
END
$$;

-- Who was shut out since a time, over all tenants: users whose tokens were revoked, who were deactivated or banned, signing
-- keys that were revoked, tenants that were suspended. At most 100,000, the newest first. Times are this server's, set by
-- access_end_stamp_v1; `issued_up_to` alone is the caller's: tokens issued up to it are void.
CREATE FUNCTION system_revocations_v2(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, key_id uuid, issued_up_to timestamptz, deactivated boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT r.tenant_id, r.user_id, r.key_id, r.issued_up_to, r.deactivated, r.banned
    FROM (
      SELECT u.tenant_id, u.id AS user_id, NULL::uuid AS key_id, u.tokens_valid_after AS issued_up_to,
             u.deactivated_at IS NOT NULL AS deactivated, false AS banned, u.access_ended_at AS ended_at
        FROM app_user u WHERE u.access_ended_at >= p_since
      UNION ALL
      SELECT b.tenant_id, b.user_id, NULL, NULL, false, true, b.at
        FROM user_ban b WHERE b.at >= p_since AND (b.until IS NULL OR b.until > clock_timestamp())
      UNION ALL
      SELECT k.tenant_id, NULL, k.id, NULL, false, false, k.revoked_at
        FROM tenant_key k WHERE k.revoked_at >= p_since
      UNION ALL
      SELECT t.id, NULL, NULL, NULL, false, false, t.suspended_at
        FROM tenant t WHERE t.suspended_at >= p_since AND t.status = 'suspended'
    ) r
   ORDER BY r.ended_at DESC LIMIT 100000;
END
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

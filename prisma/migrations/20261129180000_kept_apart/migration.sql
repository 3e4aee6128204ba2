-- What gateways need to keep two users apart: whose blocks changed lately, and whom they are kept from.

CREATE TABLE "block_change" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "block_change_pkey" PRIMARY KEY ("tenant_id", "user_id")
);
CREATE INDEX "block_change_at_idx" ON "block_change" ("at");
ALTER TABLE "block_change" ADD CONSTRAINT "block_change_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "block_change" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "block_change"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Whom these users block or are blocked by, with the direct conversations of the two. One pass over the memberships of
-- those who have any such other, however many they have.
CREATE FUNCTION kept_apart_v1(p_tenant uuid, p_users text[])
RETURNS TABLE (user_id text, other_id text, conversation_ids uuid[])
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  WITH pair AS MATERIALIZED (
    SELECT b.user_id AS one, b.blocked_id AS other
      FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = ANY (p_users)
     UNION
    SELECT b.blocked_id, b.user_id
      FROM block b WHERE b.tenant_id = p_tenant AND b.blocked_id = ANY (p_users)
  ), direct AS MATERIALIZED (
    SELECT u.one, q.user_id AS other, p.conversation_id
      FROM (SELECT DISTINCT pair.one FROM pair) u
      JOIN participant p ON p.tenant_id = p_tenant AND p.user_id = u.one AND p.left_seq IS NULL
      JOIN conversation c ON c.tenant_id = p_tenant AND c.id = p.conversation_id AND c.kind = 'direct'
      JOIN participant q ON q.tenant_id = p_tenant AND q.conversation_id = p.conversation_id AND q.user_id <> u.one
  )
  SELECT pair.one, pair.other, coalesce(array_agg(d.conversation_id) FILTER (WHERE d.one IS NOT NULL), '{}')
    FROM pair LEFT JOIN direct d ON d.one = pair.one AND d.other = pair.other
   GROUP BY pair.one, pair.other;
END
$$;

-- Which of these users share a conversation with the viewer, or are the viewer, when each was seen last, and whether a block
-- keeps the two apart. Looked up from each user's memberships to the viewer's, until the first that both have: LATERAL, so
-- that the plan depends on no statistics.
CREATE FUNCTION presence_sight_v2(p_tenant uuid, p_viewer text, p_users text[])
RETURNS TABLE (user_id text, last_seen_at timestamptz, apart boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT u.id, p.last_seen_at,
         EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = p_viewer AND b.blocked_id = u.id)
           OR EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = u.id AND b.blocked_id = p_viewer)
    FROM unnest(p_users) AS s (id)
    JOIN app_user u ON u.tenant_id = p_tenant AND u.id = s.id
    LEFT JOIN user_presence p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
    LEFT JOIN LATERAL (
      SELECT true AS shared
        FROM participant theirs
        JOIN participant own ON own.tenant_id = theirs.tenant_id AND own.conversation_id = theirs.conversation_id
                            AND own.user_id = p_viewer AND own.left_seq IS NULL
       WHERE theirs.tenant_id = p_tenant AND theirs.user_id = s.id AND theirs.left_seq IS NULL
       LIMIT 1) x ON true
   WHERE s.id = p_viewer OR x.shared;
END
$$;

-- Whose blocks, or blocks against whom, changed since a time, over all tenants. At most 100,000, the newest first.
CREATE FUNCTION system_block_changes_v1(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT c.tenant_id, c.user_id, c.at FROM block_change c WHERE c.at >= p_since ORDER BY c.at DESC LIMIT 100000;
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

-- When users were seen last and whether they show themselves, and one look-up for all users that come at a time.
CREATE TABLE "user_presence" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "last_seen_at" TIMESTAMPTZ(3),
  "invisible" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "user_presence_pkey" PRIMARY KEY ("tenant_id", "user_id")
) WITH (fillfactor = 70);
ALTER TABLE "user_presence" ADD CONSTRAINT "user_presence_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "user_presence" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "user_presence"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Keeps when users were seen last (never falls; null: stays) and whether they are invisible (null: stays). In the order of
-- the ids, so that two calls never wait for each other. Who is no user is passed over.
CREATE FUNCTION presence_save_v1(p_tenant uuid, p_users text[], p_seen timestamptz[], p_invisible boolean[])
RETURNS TABLE (saved bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_saved bigint;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  INSERT INTO user_presence AS p (tenant_id, user_id, last_seen_at, invisible)
  SELECT p_tenant, s.id, max(s.seen), coalesce(bool_or(s.invisible), false)
    FROM unnest(p_users, p_seen, p_invisible) AS s (id, seen, invisible)
    JOIN app_user u ON u.tenant_id = p_tenant AND u.id = s.id
   GROUP BY s.id ORDER BY s.id COLLATE "C"
  ON CONFLICT (tenant_id, user_id) DO UPDATE
     SET last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at);
  GET DIAGNOSTICS v_saved = ROW_COUNT;
  UPDATE user_presence p SET invisible = s.invisible
    FROM unnest(p_users, p_invisible) AS s (id, invisible)
   WHERE p.tenant_id = p_tenant AND p.user_id = s.id AND s.invisible IS NOT NULL AND p.invisible <> s.invisible;
  RETURN QUERY SELECT v_saved;
END
$$;

-- Which of these users share a conversation with the viewer, or are the viewer, and when each was seen last. Looked up from
-- each user's memberships to the viewer's, until the first that both have: LATERAL, so that the plan depends on no statistics.
CREATE FUNCTION presence_sight_v1(p_tenant uuid, p_viewer text, p_users text[])
RETURNS TABLE (user_id text, last_seen_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT u.id, p.last_seen_at
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

-- The other one in a direct conversation of the user. No row: it is none, or the user's no longer.
CREATE FUNCTION direct_partner_v1(p_tenant uuid, p_conversation uuid, p_user text)
RETURNS TABLE (user_id text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.user_id
    FROM conversation c
    JOIN participant own ON own.tenant_id = c.tenant_id AND own.conversation_id = c.id
                        AND own.user_id = p_user AND own.left_seq IS NULL
    JOIN participant p ON p.tenant_id = c.tenant_id AND p.conversation_id = c.id AND p.user_id <> p_user
   WHERE c.tenant_id = p_tenant AND c.id = p_conversation AND c.kind = 'direct'
   LIMIT 1;
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

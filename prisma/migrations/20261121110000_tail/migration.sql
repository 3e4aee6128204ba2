-- The tail: what was written lately and who was shut out, for gateways that missed it.

ALTER TABLE "tenant" ADD COLUMN "suspended_at" TIMESTAMPTZ(3);
ALTER TABLE "app_user" ADD COLUMN "access_ended_at" TIMESTAMPTZ(3);
CREATE INDEX "tenant_suspended_at_idx" ON "tenant" ("suspended_at") WHERE "suspended_at" IS NOT NULL;
CREATE INDEX "app_user_access_ended_at_idx" ON "app_user" ("access_ended_at") WHERE "access_ended_at" IS NOT NULL;
CREATE INDEX "tenant_key_revoked_at_idx" ON "tenant_key" ("revoked_at") WHERE "revoked_at" IS NOT NULL;

-- Writes down, by this server's clock, when somebody was shut out, whoever does it: the tail looks back by that time, and
-- the clock of a process, or the past time up to which tokens are revoked, would hide it.
CREATE FUNCTION access_end_stamp_v1()
RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'app_user' THEN NEW.access_ended_at := clock_timestamp();
    WHEN 'tenant_key' THEN NEW.revoked_at := clock_timestamp();
    WHEN 'tenant' THEN NEW.suspended_at := clock_timestamp();
  END CASE;
  RETURN NEW;
END
$$;

CREATE TRIGGER "app_user_access_end" BEFORE UPDATE OF "tokens_valid_after", "deactivated_at" ON "app_user" FOR EACH ROW
  WHEN (NEW."tokens_valid_after" IS DISTINCT FROM OLD."tokens_valid_after"
     OR NEW."deactivated_at" IS DISTINCT FROM OLD."deactivated_at")
  EXECUTE FUNCTION access_end_stamp_v1();
CREATE TRIGGER "tenant_key_access_end" BEFORE UPDATE OF "revoked_at" ON "tenant_key" FOR EACH ROW
  WHEN (OLD."revoked_at" IS NULL AND NEW."revoked_at" IS NOT NULL)
  EXECUTE FUNCTION access_end_stamp_v1();
CREATE TRIGGER "tenant_access_end" BEFORE UPDATE OF "status" ON "tenant" FOR EACH ROW
  WHEN (OLD."status" <> 'suspended' AND NEW."status" = 'suspended')
  EXECUTE FUNCTION access_end_stamp_v1();

-- What was written lately, over all tenants: everything committed whose created_at is not before p_watermark less the
-- overlap, as [{ t: tenant, c: conversation, s: newest seq, j: [{ u: user, s: seq of the join }] }]. `j` names those whose
-- joining is among it and who are members now: a gateway may not know the conversation yet. The overlap is for
-- transactions that were still open at the last reading; times are this server's.
-- At most p_limit messages and p_limit changes (more where the last ones share their millisecond): `cut` says that there
-- is more, and `to_at` is then where to go on, without an overlap. Without a watermark, or with one in the future (another server's clock),
-- it begins at the present.
CREATE FUNCTION system_tail_v1(p_watermark timestamptz, p_overlap_ms int, p_limit int)
RETURNS TABLE (from_at timestamptz, to_at timestamptz, cut boolean, entries json)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- Before the statement's snapshot: what is committed later is not promised to be among the answer.
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_from timestamptz := least(coalesce(p_watermark, v_now), v_now) - p_overlap_ms * interval '1 millisecond';
BEGIN
  RETURN QUERY
  WITH new_message AS MATERIALIZED (
    SELECT m.tenant_id, m.conversation_id, m.seq, m.created_at FROM message m
     WHERE m.created_at >= v_from
     ORDER BY m.created_at FETCH FIRST p_limit ROWS WITH TIES
  ),
  new_change AS MATERIALIZED (
    SELECT g.tenant_id, g.conversation_id, g.seq, g.created_at, g.type, g.payload FROM change g
     WHERE g.created_at >= v_from
     ORDER BY g.created_at FETCH FIRST p_limit ROWS WITH TIES
  ),
  reach AS MATERIALIZED (
    SELECT least(CASE WHEN x.messages >= p_limit THEN x.last_message END,
                 CASE WHEN x.changes >= p_limit THEN x.last_change END) AS cut_at
      FROM (SELECT (SELECT count(*) FROM new_message) AS messages, (SELECT max(n.created_at) FROM new_message n) AS last_message,
                   (SELECT count(*) FROM new_change) AS changes, (SELECT max(n.created_at) FROM new_change n) AS last_change) x
  ),
  head AS (
    SELECT n.tenant_id, n.conversation_id, max(n.seq) AS seq
      FROM (SELECT a.tenant_id, a.conversation_id, a.seq FROM new_message a
            UNION ALL
            SELECT b.tenant_id, b.conversation_id, b.seq FROM new_change b) n
     GROUP BY n.tenant_id, n.conversation_id
  ),
  joining AS (
    SELECT n.tenant_id, n.conversation_id, u.user_id, max(n.seq) AS seq
      FROM new_change n
      CROSS JOIN LATERAL (
        SELECT x.value->>'userId' AS user_id FROM jsonb_array_elements(n.payload->'participants') AS x(value)
      ) u
      JOIN LATERAL (
        SELECT 1 FROM participant p
         WHERE p.tenant_id = n.tenant_id AND p.conversation_id = n.conversation_id AND p.user_id = u.user_id
           AND p.left_seq IS NULL LIMIT 1
      ) current ON true
     WHERE n.type = 'participant.joined'
     GROUP BY n.tenant_id, n.conversation_id, u.user_id
  ),
  joined AS (
    SELECT i.tenant_id, i.conversation_id, json_agg(json_build_object('u', i.user_id, 's', i.seq)) AS users
      FROM joining i GROUP BY i.tenant_id, i.conversation_id
  )
  SELECT v_from, coalesce(r.cut_at + interval '1 millisecond', v_now), r.cut_at IS NOT NULL,
         coalesce((SELECT json_agg(json_strip_nulls(json_build_object('t', h.tenant_id, 'c', h.conversation_id,
                                                                      's', h.seq, 'j', j.users)))
                     FROM head h LEFT JOIN joined j USING (tenant_id, conversation_id)), '[]')
    FROM reach r;
END
$$;

-- Who was shut out since a time, over all tenants: users whose tokens were revoked or who were deactivated, signing keys
-- that were revoked, tenants that were suspended. At most 100,000, the newest first. Times are this server's, set by
-- access_end_stamp_v1; `issued_up_to` alone is the caller's: tokens issued up to it are void.
CREATE FUNCTION system_revocations_v1(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, key_id uuid, issued_up_to timestamptz, deactivated boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT r.tenant_id, r.user_id, r.key_id, r.issued_up_to, r.deactivated
    FROM (
      SELECT u.tenant_id, u.id AS user_id, NULL::uuid AS key_id, u.tokens_valid_after AS issued_up_to,
             u.deactivated_at IS NOT NULL AS deactivated, u.access_ended_at AS ended_at
        FROM app_user u WHERE u.access_ended_at >= p_since
      UNION ALL
      SELECT k.tenant_id, NULL, k.id, NULL, false, k.revoked_at
        FROM tenant_key k WHERE k.revoked_at >= p_since
      UNION ALL
      SELECT t.id, NULL, NULL, NULL, false, t.suspended_at
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

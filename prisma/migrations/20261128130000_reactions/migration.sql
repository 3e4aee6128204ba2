-- Reactions, their counts, how a conversation takes them, and the functions of prisma/sql about them.

ALTER TABLE "conversation" ADD COLUMN "reaction_mode" TEXT NOT NULL DEFAULT 'distinct'
  CHECK ("reaction_mode" IN ('distinct', 'one'));

CREATE TABLE "reaction" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "message_seq" BIGINT NOT NULL,
  "key" TEXT COLLATE "C" NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "reaction_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "message_seq", "key", "user_id")
);
CREATE INDEX "reaction_tenant_id_conversation_id_message_seq_user_id_idx"
  ON "reaction" ("tenant_id", "conversation_id", "message_seq", "user_id");
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_tenant_id_conversation_id_message_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "message_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reaction" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "reaction"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

CREATE TABLE "reaction_count" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "message_seq" BIGINT NOT NULL,
  "key" TEXT COLLATE "C" NOT NULL,
  "count" INTEGER NOT NULL CHECK ("count" > 0),
  "first_seq" BIGINT NOT NULL,
  CONSTRAINT "reaction_count_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "message_seq", "key")
) WITH (fillfactor = 70);
ALTER TABLE "reaction_count" ADD CONSTRAINT "reaction_count_tenant_id_conversation_id_message_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "message_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "reaction_count" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "reaction_count"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Adds (p_add) or removes a user's reaction to a message, under the head's lock. Returns what changed, in order, with the
-- key's count after it: nothing where it is so already; with p_one a new reaction takes the place of the user's others;
-- `full`: the message has p_limit different keys already, and the caller must roll back.
-- Counts are kept beside the reactions, so that a page of messages costs the same however many reacted. p_seq is the first
-- seq that the changes will take: keys are shown in the order in which they came.
CREATE FUNCTION reaction_write_v1(p_tenant uuid, p_conversation uuid, p_message bigint, p_user text, p_key text,
                                  p_add boolean, p_one boolean, p_limit int, p_seq bigint)
RETURNS TABLE (outcome text, reaction_key text, reaction_count int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_key text;
  v_seq bigint := p_seq;
BEGIN
  IF p_add AND EXISTS (
    SELECT 1 FROM reaction r WHERE r.tenant_id = p_tenant AND r.conversation_id = p_conversation
       AND r.message_seq = p_message AND r.key = p_key AND r.user_id = p_user) THEN
    RETURN;
  END IF;

  FOR v_key IN
    DELETE FROM reaction r
     WHERE r.tenant_id = p_tenant AND r.conversation_id = p_conversation AND r.message_seq = p_message
       AND r.user_id = p_user AND CASE WHEN p_add THEN p_one ELSE r.key = p_key END
    RETURNING r.key
  LOOP
    DELETE FROM reaction_count n
     WHERE n.tenant_id = p_tenant AND n.conversation_id = p_conversation AND n.message_seq = p_message
       AND n.key = v_key AND n.count = 1;
    reaction_count := 0;
    IF NOT FOUND THEN
      UPDATE reaction_count n SET count = n.count - 1
       WHERE n.tenant_id = p_tenant AND n.conversation_id = p_conversation AND n.message_seq = p_message AND n.key = v_key
      RETURNING n.count INTO reaction_count;
    END IF;
    outcome := 'removed';
    reaction_key := v_key;
    v_seq := v_seq + 1;
    RETURN NEXT;
  END LOOP;
  IF NOT p_add THEN
    RETURN;
  END IF;

  UPDATE reaction_count n SET count = n.count + 1
   WHERE n.tenant_id = p_tenant AND n.conversation_id = p_conversation AND n.message_seq = p_message AND n.key = p_key
  RETURNING n.count INTO reaction_count;
  outcome := 'added';
  reaction_key := p_key;
  IF NOT FOUND THEN
    IF (SELECT count(*) FROM reaction_count n
         WHERE n.tenant_id = p_tenant AND n.conversation_id = p_conversation AND n.message_seq = p_message) >= p_limit THEN
      outcome := 'full';
      RETURN NEXT;
      RETURN;
    END IF;
    INSERT INTO reaction_count (tenant_id, conversation_id, message_seq, key, count, first_seq)
    VALUES (p_tenant, p_conversation, p_message, p_key, 1, v_seq);
    reaction_count := 1;
  END IF;
  INSERT INTO reaction (tenant_id, conversation_id, message_seq, key, user_id, at)
  VALUES (p_tenant, p_conversation, p_message, p_key, p_user, date_trunc('milliseconds', clock_timestamp()));
  RETURN NEXT;
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

-- Pins, and where a message is by its id alone.

CREATE TABLE "pin" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "message_seq" BIGINT NOT NULL,
  "pinned_seq" BIGINT NOT NULL,
  "pinned_by" TEXT COLLATE "C",
  "pinned_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "pin_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "message_seq")
);
CREATE INDEX "pin_tenant_id_conversation_id_pinned_seq_idx" ON "pin" ("tenant_id", "conversation_id", "pinned_seq");
ALTER TABLE "pin" ADD CONSTRAINT "pin_tenant_id_conversation_id_message_seq_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "message_seq") REFERENCES "message" ("tenant_id", "conversation_id", "seq")
  ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "pin" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "pin"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Where a message is, by its id alone.
CREATE FUNCTION timeline_locate_v1(p_tenant uuid, p_id uuid)
RETURNS TABLE (conversation_id uuid, seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, m.seq FROM message m WHERE m.tenant_id = p_tenant AND m.id = p_id LIMIT 1;
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

-- What was done to others, by whom and why. It holds ids and no content, and refers to nothing that may go away.

CREATE TABLE "audit_entry" (
  "tenant_id" UUID NOT NULL,
  "id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "actor_user" TEXT COLLATE "C",
  "actor_key" TEXT COLLATE "C",
  "action" TEXT COLLATE "C" NOT NULL,
  "target" TEXT COLLATE "C",
  "conversation_id" UUID,
  "reason" TEXT,
  "details" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("tenant_id", "id"),
  CONSTRAINT "audit_entry_action_check" CHECK ("action" ~ '^[a-z_]+\.[a-z_]+$'),
  CONSTRAINT "audit_entry_details_check" CHECK (octet_length("details"::text) <= 8192)
);
CREATE INDEX "audit_entry_tenant_id_at_id_idx" ON "audit_entry" ("tenant_id", "at", "id");
CREATE INDEX "audit_entry_tenant_id_conversation_id_at_id_idx"
  ON "audit_entry" ("tenant_id", "conversation_id", "at", "id");
CREATE INDEX "audit_entry_tenant_id_target_at_id_idx" ON "audit_entry" ("tenant_id", "target", "at", "id");
CREATE INDEX "audit_entry_tenant_id_actor_user_at_id_idx" ON "audit_entry" ("tenant_id", "actor_user", "at", "id");

-- What was written down stays: neither the rights nor the policies of the application reach to a change or a deletion.
ALTER TABLE "audit_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall_read ON "audit_entry" FOR SELECT
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY tenant_wall_add ON "audit_entry" FOR INSERT
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
REVOKE ALL ON "audit_entry" FROM parley_app;
GRANT SELECT, INSERT ON "audit_entry" TO parley_app;

-- What users have begun to write; it goes with the participant's row.
CREATE TABLE "draft" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "conversation_id" UUID NOT NULL,
  "text" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "draft_pkey" PRIMARY KEY ("tenant_id", "user_id", "conversation_id")
) WITH (fillfactor = 70);
ALTER TABLE "draft" ADD CONSTRAINT "draft_tenant_id_conversation_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id", "user_id")
  REFERENCES "participant" ("tenant_id", "conversation_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "draft" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "draft"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Who is asked to take part, and the conversations that anybody in the tenant may find.

CREATE TABLE "invitation" (
  "tenant_id" UUID NOT NULL,
  "conversation_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "role" TEXT NOT NULL CHECK ("role" IN ('owner', 'admin', 'member', 'guest')),
  "invited_by" TEXT COLLATE "C",
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "invitation_pkey" PRIMARY KEY ("tenant_id", "conversation_id", "user_id")
);
CREATE INDEX "invitation_tenant_id_user_id_conversation_id_idx"
  ON "invitation" ("tenant_id", "user_id", "conversation_id");
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_tenant_id_conversation_id_fkey"
  FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation" ("tenant_id", "id")
  ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invitation" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "invitation"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The directory: these alone are walked, however many conversations a tenant has.
CREATE INDEX "conversation_directory_idx" ON "conversation" ("tenant_id", "id")
  WHERE "visibility" = 'tenant' AND "status" = 'active';

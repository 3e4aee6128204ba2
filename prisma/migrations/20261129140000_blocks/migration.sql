-- Who does not want to hear of whom.

CREATE TABLE "block" (
  "tenant_id" UUID NOT NULL,
  "user_id" TEXT COLLATE "C" NOT NULL,
  "blocked_id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "block_pkey" PRIMARY KEY ("tenant_id", "user_id", "blocked_id"),
  CONSTRAINT "block_self_check" CHECK ("user_id" <> "blocked_id")
);
CREATE INDEX "block_tenant_id_blocked_id_user_id_idx" ON "block" ("tenant_id", "blocked_id", "user_id");
ALTER TABLE "block" ADD CONSTRAINT "block_tenant_id_user_id_fkey"
  FOREIGN KEY ("tenant_id", "user_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "block" ADD CONSTRAINT "block_tenant_id_blocked_id_fkey"
  FOREIGN KEY ("tenant_id", "blocked_id") REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "block" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON "block"
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

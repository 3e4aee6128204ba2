-- The key of a send in another order of columns. An index that begins with tenant and conversation looks as good as the
-- primary key for a look-up by (tenant, conversation, seq) while a table was never analysed: the checks of foreign keys to
-- a message then read the whole conversation, once for every row. This one serves the look-up of a send and nothing else.
CREATE UNIQUE INDEX "message_sender_conversation_id_client_message_id_tenant_id_key"
  ON "message" ("sender", "conversation_id", "client_message_id", "tenant_id");
DROP INDEX "message_tenant_id_conversation_id_sender_client_message_id_key";

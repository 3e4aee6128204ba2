-- PostgreSQL reads the text of a table's CHECKs anew for every statement that writes to it: three lists on participant took
-- 9 % of a send, which touches none of their columns. A trigger checks the same, where one of them is written.
CREATE FUNCTION participant_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.role NOT IN ('owner', 'admin', 'member', 'guest') THEN
    RAISE check_violation USING MESSAGE = format('participant has no role %L', NEW.role), CONSTRAINT = 'participant_role_check';
  END IF;
  IF NEW.notification_level NOT IN ('all', 'mentions', 'none') THEN
    RAISE check_violation USING MESSAGE = format('participant has no notification level %L', NEW.notification_level),
                                CONSTRAINT = 'participant_notification_level_check';
  END IF;
  IF NEW.visible_from < 1 THEN
    RAISE check_violation USING MESSAGE = format('seq %s is never visible', NEW.visible_from),
                                CONSTRAINT = 'participant_visible_from_check';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "participant_check" AFTER INSERT OR UPDATE OF "role", "notification_level", "visible_from" ON "participant"
FOR EACH ROW EXECUTE FUNCTION participant_check();

ALTER TABLE "participant"
  DROP CONSTRAINT "participant_role_check",
  DROP CONSTRAINT "participant_notification_level_check",
  DROP CONSTRAINT "participant_visible_from_check";

-- The same as one constant, which is read in half the time.
ALTER TABLE "message" DROP CONSTRAINT "message_kind_check";
ALTER TABLE "message" ADD CONSTRAINT "message_kind_check" CHECK ("kind" ~ '^(text|system)$') NOT VALID;
ALTER TABLE "message" VALIDATE CONSTRAINT "message_kind_check";

-- What waits for its place in the index is put there 400 messages at a time otherwise, which holds a core for 20 ms.
ALTER INDEX "message_search_words_idx" SET (gin_pending_list_limit = 256);

-- Stores one send as timeline_send stores many: a message of a user without mentions and references. What timeline_send
-- prepares for 64 rows at once costs more than one of them. Here is only what lets a send pass without a doubt; any other,
-- one that came before as well, is judged by timeline_send, in this transaction and under the same lock.
-- The snapshot after the lock: as there. Plans by index whatever the statistics say.
CREATE FUNCTION timeline_send_one_v2(p_tenant uuid, p_conversation uuid, p_id uuid, p_sender text, p_key text, p_hash text,
                                     p_kind text, p_text text, p_metadata jsonb, p_handlers text[])
RETURNS TABLE (i int, outcome text, id uuid, seq bigint, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  -- An assignment is evaluated without an executor, which PERFORM sets up.
  v_tenant text := set_config('app.tenant_id', p_tenant::text, true);
  v_now timestamptz;
  v_seq bigint;
  v_ordinal bigint;
BEGIN
  SELECT x.last_seq + 1, x.message_count + 1 INTO v_seq, v_ordinal
    FROM conversation_head x
   WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
     FOR NO KEY UPDATE;

  v_now := date_trunc('milliseconds', clock_timestamp());

  INSERT INTO message (tenant_id, conversation_id, seq, id, sender, client_message_id, body_hash, ordinal,
                       kind, text, mentions, metadata, at, created_at)
  SELECT p_tenant, p_conversation, v_seq, p_id, p_sender, p_key, decode(p_hash, 'hex'), v_ordinal,
         p_kind, p_text, '[]', coalesce(p_metadata, '{}'), v_now, v_now
    FROM participant p
    CROSS JOIN conversation c
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_sender AND p.left_seq IS NULL
     AND c.tenant_id = p_tenant AND c.id = p_conversation AND c.status = 'active' AND NOT c.blocked
     AND (c.posting = 'everyone' OR c.posting = 'admins' AND p.role IN ('owner', 'admin'))
     AND c.slow_mode_seconds = 0
  ON CONFLICT (sender, conversation_id, client_message_id, tenant_id) DO NOTHING;

  IF NOT FOUND THEN
    RETURN QUERY
    SELECT s.* FROM timeline_send_v5(p_tenant, json_build_array(json_build_object(
      'i', 0, 'c', p_conversation, 'id', p_id, 's', p_sender, 'k', p_key, 'h', p_hash, 'kind', p_kind, 't', p_text,
      'md', p_metadata)), p_handlers) s;
    RETURN;
  END IF;

  UPDATE conversation_head x
     SET last_seq = v_seq, message_count = v_ordinal, last_message_at = v_now
   WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation;

  UPDATE participant p
     SET own_after_read = p.own_after_read + 1, last_sent_at = v_now
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_sender;

  IF cardinality(p_handlers) > 0 THEN
    INSERT INTO outbox (tenant_id, id, event, conversation_id, seq, handlers, created_at)
    VALUES (p_tenant, p_id, 'message.created', p_conversation, v_seq, p_handlers, v_now);
  END IF;

  i := 0; outcome := 'created'; id := p_id; seq := v_seq; at := v_now;
  RETURN NEXT;
END
$$;

-- Marks up to p_limit events as queued and returns them: those that never were, and those that were queued more than
-- p_requeue_ms ago, whose job may be lost. By state and never by "id > cursor": a transaction may commit its rows after
-- another one that began later. size: how many messages the event is about. queued_before keeps together what was queued
-- together.
-- Many rows are a long piece of work, and whoever sends may share the machine: it sleeps now and then.
-- By the rows' places, which their locks keep: the plan stays from when the outbox was empty, and joined by their keys,
-- every claim walked all events under way once for each one that it took.
CREATE FUNCTION system_outbox_claim_v4(p_limit int, p_requeue_ms bigint)
RETURNS TABLE (tenant_id uuid, id uuid, event text, handlers text[], size int, queued_before timestamptz,
               queued_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_fresh tid[] := ARRAY(SELECT o.ctid FROM outbox o WHERE o.queued_at IS NULL LIMIT p_limit FOR UPDATE SKIP LOCKED);
  v_event record;
BEGIN
  FOR v_from IN 1 .. cardinality(v_fresh) BY 32 LOOP
    IF v_from > 1 THEN PERFORM pg_sleep(0.002); END IF;
    RETURN QUERY
    UPDATE outbox o SET queued_at = v_now WHERE o.ctid = ANY (v_fresh[v_from : v_from + 31])
    RETURNING o.tenant_id, o.id, o.event, o.handlers, coalesce(jsonb_array_length(o.payload->'seqs'), 1), NULL::timestamptz,
              v_now;
  END LOOP;

  FOR v_event IN
    SELECT o.* FROM outbox o
     WHERE o.queued_at < v_now - p_requeue_ms * interval '1 millisecond'
     ORDER BY o.queued_at
     LIMIT p_limit - cardinality(v_fresh) FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE outbox o SET queued_at = v_now WHERE o.tenant_id = v_event.tenant_id AND o.id = v_event.id;
    tenant_id := v_event.tenant_id;
    id := v_event.id;
    event := v_event.event;
    handlers := v_event.handlers;
    size := coalesce(jsonb_array_length(v_event.payload->'seqs'), 1);
    queued_before := v_event.queued_at;
    queued_at := v_now;
    RETURN NEXT;
  END LOOP;
END
$$;

-- Writes the search text of messages, in the transaction that has read them with message_search_read_v1:
-- [[{ c: conversation, s: seq, id, at, w: tsvector }]]; where w is null the message leaves the search. A message has a
-- hundred pieces to write, and whoever sends may share the machine: after each inner list but the last it sleeps p_rest
-- times as long as that one took, p_rest_max milliseconds at most.
-- What must go is little and is taken row by row: a DELETE with a join walks all rows of the tenant until the first ANALYZE.
CREATE FUNCTION message_search_write_v4(p_tenant uuid, p_pieces json, p_rest float, p_rest_max float)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_begun timestamptz;
  v_piece json;
  v_gone record;
BEGIN
  FOR v_piece IN SELECT x.value FROM json_array_elements(p_pieces) x LOOP
    IF v_begun IS NOT NULL THEN
      PERFORM pg_sleep(least(extract(epoch FROM clock_timestamp() - v_begun) * p_rest, p_rest_max / 1000));
    END IF;
    v_begun := clock_timestamp();

    INSERT INTO message_search (tenant_id, conversation_id, seq, message_id, words, at)
    SELECT p_tenant, r.c, r.s, r.id, r.w::tsvector, r.at
      FROM json_to_recordset(v_piece) AS r(c uuid, s bigint, id uuid, w text, at timestamptz)
     WHERE r.w IS NOT NULL
    ON CONFLICT (tenant_id, conversation_id, seq) DO UPDATE SET words = excluded.words, at = excluded.at;

    FOR v_gone IN
      SELECT r.c, r.s FROM json_to_recordset(v_piece) AS r(c uuid, s bigint, w text) WHERE r.w IS NULL
    LOOP
      DELETE FROM message_search x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = v_gone.c AND x.seq = v_gone.s;
    END LOOP;
  END LOOP;
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

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

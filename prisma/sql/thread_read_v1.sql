-- Marks a thread read for one of its followers, up to p_seq (null: up to its newest reply). The marker never falls and never
-- passes the newest reply. False: nothing changed, also where the user does not follow. Locks as in thread_follow_v1, so
-- that a reply of the same user waits or is seen.
CREATE FUNCTION thread_read_v1(p_tenant uuid, p_user text, p_conversation uuid, p_root bigint, p_seq bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_own thread_follower;
  v_last bigint;
  v_count bigint;
  v_to bigint;
  v_ordinal bigint;
  v_own_after bigint;
BEGIN
  PERFORM 1 FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT f.* INTO v_own FROM thread_follower f
   WHERE f.tenant_id = p_tenant AND f.user_id = p_user AND f.conversation_id = p_conversation AND f.root_seq = p_root
     AND f.following
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;

  SELECT t.last_seq, t.ordinal_count INTO v_last, v_count FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = p_root LIMIT 1;
  v_to := least(coalesce(p_seq, v_last), v_last);
  IF v_to <= v_own.read_seq THEN
    RETURN false;
  END IF;
  IF v_to = v_last THEN
    v_ordinal := v_count;
    v_own_after := 0;
  ELSE
    SELECT coalesce(max(m.thread_ordinal), v_own.read_ordinal),
           v_own.own_after_read - count(*) FILTER (WHERE m.sender = p_user)
      INTO v_ordinal, v_own_after
      FROM message m
     WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = p_root
       AND m.seq > v_own.read_seq AND m.seq <= v_to AND m.thread_ordinal IS NOT NULL;
  END IF;
  UPDATE thread_follower f SET read_seq = v_to, read_ordinal = v_ordinal, own_after_read = v_own_after
   WHERE f.tenant_id = p_tenant AND f.user_id = p_user AND f.conversation_id = p_conversation AND f.root_seq = p_root;
  UPDATE participant p SET own_version = p.own_version + 1
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
  RETURN true;
END
$$;

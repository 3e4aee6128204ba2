-- Lets a user follow a thread, or no longer. A new follower has read what is there. The caller has checked that the root is
-- one and is seen. False: nothing changed, also where the user is no participant.
-- The participant is locked first, as by whatever changes what is a user's own; what decides is read in new statements.
CREATE FUNCTION thread_follow_v1(p_tenant uuid, p_user text, p_conversation uuid, p_root bigint, p_following boolean)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM 1 FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user AND p.left_seq IS NULL
   LIMIT 1 FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO thread (tenant_id, conversation_id, root_seq) VALUES (p_tenant, p_conversation, p_root)
  ON CONFLICT DO NOTHING;
  INSERT INTO thread_follower AS f (tenant_id, user_id, conversation_id, root_seq, following, read_seq, read_ordinal)
  SELECT p_tenant, p_user, p_conversation, p_root, p_following, t.last_seq, t.ordinal_count
    FROM thread t
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = p_root
  ON CONFLICT (tenant_id, user_id, conversation_id, root_seq) DO UPDATE
     SET following = excluded.following, read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal,
         own_after_read = 0
   WHERE f.following IS DISTINCT FROM excluded.following;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE participant p SET own_version = p.own_version + 1
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id = p_user;
  RETURN true;
END
$$;

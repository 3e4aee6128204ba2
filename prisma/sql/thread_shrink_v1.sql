-- Takes a reply that was deleted this moment off its thread, under the head's lock. The thread learns of a counted one, so
-- that unread counts are corrected only for those who have it before them. Nothing happens for what is no reply.
CREATE FUNCTION thread_shrink_v1(p_tenant uuid, p_conversation uuid, p_seq bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_reply message;
BEGIN
  SELECT m.* INTO v_reply FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
   ORDER BY m.seq LIMIT 1;
  IF v_reply.thread_root IS NULL OR v_reply.kind = 'system' THEN
    RETURN;
  END IF;
  UPDATE thread t
     SET reply_count = t.reply_count - 1,
         last_reply_at = (
           SELECT m.at FROM message m
            WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.thread_root = v_reply.thread_root
              AND m.deleted_at IS NULL AND m.kind <> 'system'
            ORDER BY m.seq DESC LIMIT 1),
         last_deleted_seq = CASE WHEN v_reply.thread_ordinal IS NULL THEN t.last_deleted_seq
                                 ELSE greatest(t.last_deleted_seq, p_seq) END
   WHERE t.tenant_id = p_tenant AND t.conversation_id = p_conversation AND t.root_seq = v_reply.thread_root;
  UPDATE thread_follower f SET reply_count = f.reply_count - 1
   WHERE f.tenant_id = p_tenant AND f.user_id = v_reply.sender AND f.conversation_id = p_conversation
     AND f.root_seq = v_reply.thread_root;
END
$$;

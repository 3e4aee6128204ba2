-- The current participants whose read marker has come to a message that came after they joined, by user id after p_after;
-- not its sender. A join sets the marker to the head of its moment: what stood before, nobody has read by that.
CREATE FUNCTION message_readers_v1(p_tenant uuid, p_conversation uuid, p_seq bigint, p_after text, p_limit int)
RETURNS TABLE (user_id text, read_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_sender text;
  v_created timestamptz;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT m.sender, m.created_at INTO v_sender, v_created FROM message m
   WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq >= p_seq AND m.seq <= p_seq
   ORDER BY m.seq LIMIT 1;
  -- A user id is never empty.
  RETURN QUERY
  SELECT p.user_id, p.read_seq FROM participant p
   WHERE p.tenant_id = p_tenant AND p.conversation_id = p_conversation AND p.user_id > coalesce(p_after, '')
     AND p.left_seq IS NULL AND p.read_seq >= p_seq AND p.joined_at <= v_created AND p.user_id <> v_sender
   ORDER BY p.user_id
   LIMIT p_limit;
END
$$;

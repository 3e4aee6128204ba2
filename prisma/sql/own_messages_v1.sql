-- How many counted messages of a user lie behind p_low and up to p_high. A short piece is walked by seq; of a long one the
-- user's own messages are looked up by sender instead, which are fewer than all. The caller has set the tenant.
CREATE FUNCTION own_messages_v1(p_tenant uuid, p_conversation uuid, p_user text, p_low bigint, p_high bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF p_high - p_low <= 2000 THEN
    RETURN (SELECT count(*) FROM (
              SELECT m.sender, m.ordinal FROM message m
               WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > p_low AND m.seq <= p_high
               ORDER BY m.seq LIMIT 2000) x
             WHERE x.sender = p_user AND x.ordinal IS NOT NULL);
  END IF;
  -- `+ 0` keeps the planner from walking the conversation by seq.
  RETURN (SELECT count(*) FROM message m
           WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.sender = p_user
             AND m.ordinal IS NOT NULL AND m.seq + 0 > p_low AND m.seq + 0 <= p_high);
END
$$;

-- The other one in a direct conversation of the user. No row: it is none, or the user's no longer.
CREATE FUNCTION direct_partner_v1(p_tenant uuid, p_conversation uuid, p_user text)
RETURNS TABLE (user_id text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT p.user_id
    FROM conversation c
    JOIN participant own ON own.tenant_id = c.tenant_id AND own.conversation_id = c.id
                        AND own.user_id = p_user AND own.left_seq IS NULL
    JOIN participant p ON p.tenant_id = c.tenant_id AND p.conversation_id = c.id AND p.user_id <> p_user
   WHERE c.tenant_id = p_tenant AND c.id = p_conversation AND c.kind = 'direct'
   LIMIT 1;
END
$$;

-- Removes up to p_limit revisions of deleted messages whose time is over, over all tenants, and says how many they were.
CREATE FUNCTION system_revision_expire_v1(p_limit int)
RETURNS TABLE (expired bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH old AS MATERIALIZED (
    SELECT r.tenant_id, r.conversation_id, r.message_seq, r.version FROM message_revision r
     WHERE r.purge_at < clock_timestamp()
     ORDER BY r.purge_at
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  gone AS (
    DELETE FROM message_revision r USING old o
     WHERE r.tenant_id = o.tenant_id AND r.conversation_id = o.conversation_id AND r.message_seq = o.message_seq
       AND r.version = o.version
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;

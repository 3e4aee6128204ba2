-- Forgets up to p_limit answers that were kept for a day, over all tenants, and says how many they were.
CREATE FUNCTION system_idempotency_expire_v1(p_limit int)
RETURNS TABLE (expired bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH old AS MATERIALIZED (
    SELECT k.tenant_id, k.actor, k.route, k.key FROM idempotency_key k
     WHERE k.created_at < clock_timestamp() - interval '24 hours'
     ORDER BY k.created_at
     LIMIT p_limit FOR UPDATE SKIP LOCKED
  ),
  gone AS (
    DELETE FROM idempotency_key k USING old o
     WHERE k.tenant_id = o.tenant_id AND k.actor = o.actor AND k.route = o.route AND k.key = o.key
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;

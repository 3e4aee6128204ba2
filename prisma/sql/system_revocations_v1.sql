-- Who was shut out since a time, over all tenants: users whose tokens were revoked or who were deactivated, signing keys
-- that were revoked, tenants that were suspended. At most 100,000, the newest first. Times are this server's, set by
-- access_end_stamp_v1; `issued_up_to` alone is the caller's: tokens issued up to it are void.
CREATE FUNCTION system_revocations_v1(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, key_id uuid, issued_up_to timestamptz, deactivated boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT r.tenant_id, r.user_id, r.key_id, r.issued_up_to, r.deactivated
    FROM (
      SELECT u.tenant_id, u.id AS user_id, NULL::uuid AS key_id, u.tokens_valid_after AS issued_up_to,
             u.deactivated_at IS NOT NULL AS deactivated, u.access_ended_at AS ended_at
        FROM app_user u WHERE u.access_ended_at >= p_since
      UNION ALL
      SELECT k.tenant_id, NULL, k.id, NULL, false, k.revoked_at
        FROM tenant_key k WHERE k.revoked_at >= p_since
      UNION ALL
      SELECT t.id, NULL, NULL, NULL, false, t.suspended_at
        FROM tenant t WHERE t.suspended_at >= p_since AND t.status = 'suspended'
    ) r
   ORDER BY r.ended_at DESC LIMIT 100000;
END
$$;

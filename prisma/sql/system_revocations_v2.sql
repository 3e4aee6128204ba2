-- Who was shut out since a time, over all tenants: users whose tokens were revoked, who were deactivated or banned, signing
-- keys that were revoked, tenants that were suspended. At most 100,000, the newest first. Times are this server's, set by
-- access_end_stamp_v1; `issued_up_to` alone is the caller's: tokens issued up to it are void.
CREATE FUNCTION system_revocations_v2(p_since timestamptz)
RETURNS TABLE (tenant_id uuid, user_id text, key_id uuid, issued_up_to timestamptz, deactivated boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT r.tenant_id, r.user_id, r.key_id, r.issued_up_to, r.deactivated, r.banned
    FROM (
      SELECT u.tenant_id, u.id AS user_id, NULL::uuid AS key_id, u.tokens_valid_after AS issued_up_to,
             u.deactivated_at IS NOT NULL AS deactivated, false AS banned, u.access_ended_at AS ended_at
        FROM app_user u WHERE u.access_ended_at >= p_since
      UNION ALL
      SELECT b.tenant_id, b.user_id, NULL, NULL, false, true, b.at
        FROM user_ban b WHERE b.at >= p_since AND (b.until IS NULL OR b.until > clock_timestamp())
      UNION ALL
      SELECT k.tenant_id, NULL, k.id, NULL, false, false, k.revoked_at
        FROM tenant_key k WHERE k.revoked_at >= p_since
      UNION ALL
      SELECT t.id, NULL, NULL, NULL, false, false, t.suspended_at
        FROM tenant t WHERE t.suspended_at >= p_since AND t.status = 'suspended'
    ) r
   ORDER BY r.ended_at DESC LIMIT 100000;
END
$$;

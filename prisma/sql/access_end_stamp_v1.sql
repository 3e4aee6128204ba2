-- Writes down, by this server's clock, when somebody was shut out, whoever does it: the tail looks back by that time, and
-- the clock of a process, or the past time up to which tokens are revoked, would hide it.
CREATE FUNCTION access_end_stamp_v1()
RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'app_user' THEN NEW.access_ended_at := clock_timestamp();
    WHEN 'tenant_key' THEN NEW.revoked_at := clock_timestamp();
    WHEN 'tenant' THEN NEW.suspended_at := clock_timestamp();
  END CASE;
  RETURN NEW;
END
$$;

-- How many events wait for a handler, for how long the oldest has, and how many are among the dead letters.
CREATE FUNCTION system_outbox_age_v1()
RETURNS TABLE (pending bigint, oldest_seconds float8, dead bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FILTER (WHERE o.handlers <> '{}'),
         coalesce(extract(epoch FROM clock_timestamp() - min(o.created_at) FILTER (WHERE o.handlers <> '{}')), 0)::float8,
         count(*) FILTER (WHERE o.dead <> '{}')
    FROM outbox o
$$;

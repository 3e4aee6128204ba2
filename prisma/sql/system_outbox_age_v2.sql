-- How many events wait for a handler, for how long the oldest has, and how many are among the dead letters.
-- By the index on queued_at, both ends of it: it forgets at the second look what is gone, while the table's pages hold, until
-- a vacuum, two dead rows for each message of the last minute.
CREATE FUNCTION system_outbox_age_v2()
RETURNS TABLE (pending bigint, oldest_seconds float8, dead bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  SELECT count(*) FILTER (WHERE o.handlers <> '{}'),
         coalesce(extract(epoch FROM clock_timestamp() - min(o.created_at) FILTER (WHERE o.handlers <> '{}')), 0)::float8,
         count(*) FILTER (WHERE o.dead <> '{}')
    FROM (SELECT a.handlers, a.dead, a.created_at FROM outbox a WHERE a.queued_at IS NULL
          UNION ALL
          SELECT b.handlers, b.dead, b.created_at FROM outbox b WHERE b.queued_at >= '-infinity') o
$$;

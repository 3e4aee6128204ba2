-- What PostgreSQL does on its own for the tables that grow with every message, made small: at 1,500 messages a second each
-- round of it, once a minute, took a second of the core from those who were sending.

-- Statistics are computed from 300 rows for each step of their target, 100 by default: sorting 30,000 texts, keys and word
-- lists. The statements that matter have one plan whatever the statistics say.
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN
    SELECT a.attrelid::regclass AS name, a.attname
      FROM pg_attribute a
     WHERE a.attrelid IN ('message'::regclass, 'message_search'::regclass, 'outbox'::regclass)
       AND a.attnum > 0 AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 10', r.name, r.attname);
  END LOOP;
END
$$;

-- Two dead rows for each message, vacuumed once a minute: a fifth of the default pace is fast enough.
ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 10);

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

-- Functions named system_* are the system role's, all others the application's.
DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f,
                   CASE WHEN f::text LIKE 'system\_%' THEN 'parley_system' ELSE 'parley_app' END);
  END LOOP;
END
$$;

-- Gives a handler another chance with all of its dead letters, and says how many they were.
CREATE FUNCTION system_outbox_redrive_v1(p_handler text)
RETURNS TABLE (redriven bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH raised AS (
    UPDATE outbox o
       SET dead = array_remove(o.dead, p_handler), handlers = array_append(o.handlers, p_handler), queued_at = NULL
     WHERE p_handler = ANY (o.dead)
    RETURNING 1
  )
  SELECT count(*) FROM raised
$$;

-- Undoes a claim, known by its time, whose jobs could not be added: the next claim finds the events again at once.
CREATE FUNCTION system_outbox_release_v1(p_queued_at timestamptz)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox SET queued_at = NULL WHERE queued_at = p_queued_at
$$;

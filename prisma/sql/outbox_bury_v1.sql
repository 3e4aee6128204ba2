-- Moves a handler of one event to the dead letters, where no relay finds it; false when it was done meanwhile.
CREATE FUNCTION outbox_bury_v1(p_tenant uuid, p_id uuid, p_handler text, p_reason text)
RETURNS TABLE (buried boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  UPDATE outbox o
     SET handlers = array_remove(o.handlers, p_handler),
         dead = array_append(o.dead, p_handler),
         dead_reason = p_reason,
         queued_at = CASE WHEN o.handlers = ARRAY[p_handler] THEN 'infinity' ELSE o.queued_at END
   WHERE o.tenant_id = p_tenant AND o.id = p_id AND p_handler = ANY (o.handlers);
  RETURN QUERY SELECT FOUND;
END
$$;

-- Whether an active tenant has one of these entries in its list of web origins: a browser asks before anybody says whose it is.
CREATE FUNCTION system_origin_listed_v1(p_entries text[])
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tenant t WHERE (t.settings -> 'origins') ?| p_entries AND t.status = 'active')
$$;

-- Every piece of one, two and three characters of a user's id and name, in lower case in any script, and the tenant: what
-- search_users_v1 looks users up by.
CREATE FUNCTION user_terms_v1(p_tenant uuid, p_id text, p_name text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT array_to_tsvector(array_append(ARRAY(
    SELECT '=' || substr(s.t, i, n)
      FROM (SELECT lower(p_id COLLATE "und-x-icu") UNION ALL SELECT lower(p_name COLLATE "und-x-icu")) AS s(t)
      CROSS JOIN generate_series(1, 3) AS n
      CROSS JOIN LATERAL generate_series(1, length(s.t) - n + 1) AS i), '@t' || right(p_tenant::text, 12)))
$$;

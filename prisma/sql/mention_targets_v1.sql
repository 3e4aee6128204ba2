-- Whom a message's mentions reach, each once, as table mention names them: user:<id>, role:<role>, all, here.
CREATE FUNCTION mention_targets_v1(p_mentions jsonb)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT CASE WHEN m.value ? 'userId' THEN 'user:' || (m.value->>'userId')
                       WHEN m.value ? 'role' THEN 'role:' || (m.value->>'role')
                       ELSE m.value->>'group' END
    FROM jsonb_array_elements(p_mentions) m
$$;

-- What stands at the given places of several timelines, for several readers: p_readings is
-- [{ n: limit, w: [{ c: conversation, from, to }] }], both ends inclusive. i: the place of the reading, and range_place that
-- of the interval in it, from 1.
-- Messages and changes by seq, at most n rows of a reading, in the order in which its conversations are named. It knows
-- no membership: the caller has cut each interval to what may be seen.
-- A message comes as it is now, and so does the message of an edit: what was deleted since is in no row. message_seq is
-- the seq of the message that a row is or is about.
CREATE FUNCTION timeline_ranges_v3(p_tenant uuid, p_readings json)
RETURNS TABLE (i int, range_place int, conversation_id uuid, seq bigint, type text, id uuid, actor text, at timestamptz,
               message_seq bigint, payload jsonb, message_id uuid, sender text, message_at timestamptz, client_message_id text, kind text,
               text text, reply_to bigint, reply_to_id uuid, thread_root bigint, thread_root_id uuid, mentions jsonb,
               metadata jsonb, version int, imported boolean, edited_at timestamptz, deleted_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT y.place::int, found.*
    FROM (
      SELECT r.value->'w' AS wanted, (r.value->>'n')::int AS most, r.place
        FROM json_array_elements(p_readings) WITH ORDINALITY AS r(value, place)
    ) y
    CROSS JOIN LATERAL (
      SELECT w.place::int AS range_place, w.c, e.*
        FROM (
          SELECT (r.value->>'c')::uuid AS c, (r.value->>'from')::bigint AS low, (r.value->>'to')::bigint AS high, r.place
            FROM json_array_elements(y.wanted) WITH ORDINALITY AS r(value, place)
        ) w
        CROSS JOIN LATERAL (
          (SELECT m.seq, 'message.created'::text, m.id, m.sender, m.at, m.seq, NULL::jsonb, m.id, m.sender, m.at,
                  m.client_message_id, m.kind, m.text, m.reply_to, m.reply_to_id, m.thread_root, m.thread_root_id, m.mentions,
                  m.metadata, m.version, m.imported, m.edited_at, m.deleted_at
             FROM message m
            WHERE m.tenant_id = p_tenant AND m.conversation_id = w.c AND m.seq BETWEEN w.low AND w.high
            ORDER BY m.seq LIMIT y.most)
          UNION ALL
          (SELECT g.seq, g.type, g.id, g.actor, g.at, g.message_seq, g.payload, t.id, t.sender, t.at,
                  t.client_message_id, t.kind, t.text, t.reply_to, t.reply_to_id, t.thread_root, t.thread_root_id, t.mentions,
                  t.metadata, t.version, t.imported, t.edited_at, t.deleted_at
             FROM change g
             LEFT JOIN LATERAL (
               SELECT x.* FROM message x
                WHERE g.type = 'message.updated' AND x.tenant_id = p_tenant AND x.conversation_id = w.c
                  AND x.seq >= g.message_seq AND x.seq <= g.message_seq
                ORDER BY x.seq LIMIT 1
             ) t ON true
            WHERE g.tenant_id = p_tenant AND g.conversation_id = w.c AND g.seq BETWEEN w.low AND w.high
            ORDER BY g.seq LIMIT y.most)
          ORDER BY 1 LIMIT y.most
        ) e
       ORDER BY w.place, 3
       LIMIT y.most
    ) found
   ORDER BY 1, 2, 4;
END
$$;

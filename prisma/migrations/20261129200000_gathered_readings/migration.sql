-- Readings of many users in one call, and look-ups of many users that walk no other users of the tenant.

-- The heads of some users' current conversations by id, so many (p_limits) of each user after its p_afters (null:
-- from the beginning), with what is unread there and mentions the user, and what is unread in the threads that it follows. i: the place of the
-- user among p_users, from 1. One call for all who ask at a time, as after a break of everybody's connection.
CREATE FUNCTION timeline_heads_v4(p_tenant uuid, p_users text[], p_afters uuid[], p_limits int[])
RETURNS TABLE (i int, conversation_id uuid, last_seq bigint, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, thread_unread bigint, own_version int)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT q.place::int, h.*
    FROM unnest(p_users, p_afters, p_limits) WITH ORDINALITY AS q (user_id, after, most, place)
    CROSS JOIN LATERAL (
      SELECT m.conversation_id, m.last_seq, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions,
             (SELECT coalesce(sum(x.unread), 0)::bigint FROM followed_thread_v1 x
               WHERE x.tenant_id = p_tenant AND x.user_id = q.user_id AND x.conversation_id = m.conversation_id),
             m.own_version
        FROM membership_v2 m
       WHERE m.tenant_id = p_tenant AND m.user_id = q.user_id AND (q.after IS NULL OR m.conversation_id > q.after)
       ORDER BY m.conversation_id
       LIMIT q.most
    ) h
   ORDER BY q.place, h.conversation_id;
END
$$;

-- What users may see of conversations: the interval of seqs and the head, for each pair of p_users and p_conversations.
-- i: the place of the pair, from 1. No row: never a participant.
CREATE FUNCTION timeline_access_v2(p_tenant uuid, p_users text[], p_conversations uuid[])
RETURNS TABLE (i int, conversation_id uuid, visible_from bigint, left_seq bigint, role text, last_seq bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT w.place::int, p.conversation_id, p.visible_from, p.left_seq, p.role, h.last_seq
    FROM unnest(p_users, p_conversations) WITH ORDINALITY AS w (user_id, id, place)
    JOIN LATERAL (
      SELECT x.conversation_id, x.visible_from, x.left_seq, x.role FROM participant x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = w.user_id LIMIT 1
    ) p ON true
    JOIN LATERAL (
      SELECT x.last_seq FROM conversation_head x WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true
   ORDER BY w.place;
END
$$;

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

-- The users of verified tokens with what decides whether they may come in, each made at first sight (its p_create) with the
-- token's name. No row for whom: unknown and not to be made. No row at all: the tenant is gone.
-- One call for all that come at a time; made in the order of the ids, so that two calls never wait for each other. LATERAL
-- look-ups by whole keys: joined, each user would cost a walk over all of the tenant's until the first ANALYZE.
CREATE FUNCTION user_seen_v3(p_tenant uuid, p_users text[], p_names text[], p_create boolean[])
RETURNS TABLE (user_id text, tenant_status text, role text, tokens_valid_after timestamptz, deactivated_at timestamptz,
               invisible boolean, banned boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_status text;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  SELECT t.status INTO v_status FROM tenant t WHERE t.id = p_tenant;
  IF v_status IS NULL THEN
    RETURN;
  END IF;
  IF true = ANY (p_create) THEN
    INSERT INTO app_user (tenant_id, id, name)
    SELECT p_tenant, s.id, max(s.name)
      FROM unnest(p_users, p_names, p_create) AS s (id, name, wanted)
      LEFT JOIN LATERAL (
        SELECT true AS known FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id LIMIT 1
      ) k ON true
     WHERE s.wanted AND k.known IS NULL
     GROUP BY s.id ORDER BY s.id COLLATE "C"
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN QUERY
  SELECT u.id, v_status, u.role, u.tokens_valid_after, u.deactivated_at, coalesce(p.invisible, false),
         coalesce(b.banned, false)
    FROM unnest(p_users) AS s (id)
    CROSS JOIN LATERAL (
      SELECT x.id, x.role, x.tokens_valid_after, x.deactivated_at FROM app_user x
       WHERE x.tenant_id = p_tenant AND x.id = s.id LIMIT 1
    ) u
    LEFT JOIN LATERAL (
      SELECT x.invisible FROM user_presence x WHERE x.tenant_id = p_tenant AND x.user_id = s.id LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
      SELECT x.until IS NULL OR x.until > clock_timestamp() AS banned FROM user_ban x
       WHERE x.tenant_id = p_tenant AND x.user_id = s.id LIMIT 1
    ) b ON true;
END
$$;

-- Keeps when users were seen last (never falls; null: stays) and whether they are invisible (null: stays). In the order of
-- the ids, so that two calls never wait for each other. Who is no user is passed over. LATERAL and ON CONFLICT, so that the
-- plan depends on no statistics.
CREATE FUNCTION presence_save_v2(p_tenant uuid, p_users text[], p_seen timestamptz[], p_invisible boolean[])
RETURNS TABLE (saved bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_saved bigint;
  v_chosen boolean := EXISTS (SELECT 1 FROM unnest(p_invisible) AS c (invisible) WHERE c.invisible IS NOT NULL);
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  INSERT INTO user_presence AS p (tenant_id, user_id, last_seen_at, invisible)
  SELECT p_tenant, s.id, max(s.seen), coalesce(bool_or(s.invisible), false)
    FROM unnest(p_users, p_seen, p_invisible) AS s (id, seen, invisible)
    CROSS JOIN LATERAL (SELECT 1 FROM app_user u WHERE u.tenant_id = p_tenant AND u.id = s.id LIMIT 1) u
   GROUP BY s.id ORDER BY s.id COLLATE "C"
  ON CONFLICT (tenant_id, user_id) DO UPDATE
     SET last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at),
         invisible = CASE WHEN v_chosen THEN coalesce((
           SELECT bool_or(c.invisible) FROM unnest(p_users, p_invisible) AS c (id, invisible) WHERE c.id = p.user_id
         ), p.invisible) ELSE p.invisible END;
  GET DIAGNOSTICS v_saved = ROW_COUNT;
  RETURN QUERY SELECT v_saved;
END
$$;

-- Which of these users share a conversation with the viewer, or are the viewer, when each was seen last, and whether a block
-- keeps the two apart. Looked up from each user's memberships to the viewer's, until the first that both have: LATERAL, so
-- that the plan depends on no statistics.
CREATE FUNCTION presence_sight_v3(p_tenant uuid, p_viewer text, p_users text[])
RETURNS TABLE (user_id text, last_seen_at timestamptz, apart boolean)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT u.id, p.last_seen_at,
         EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = p_viewer AND b.blocked_id = u.id)
           OR EXISTS (SELECT 1 FROM block b WHERE b.tenant_id = p_tenant AND b.user_id = u.id AND b.blocked_id = p_viewer)
    FROM unnest(p_users) AS s (id)
    CROSS JOIN LATERAL (SELECT y.id FROM app_user y WHERE y.tenant_id = p_tenant AND y.id = s.id LIMIT 1) u
    LEFT JOIN LATERAL (
      SELECT y.last_seen_at FROM user_presence y WHERE y.tenant_id = p_tenant AND y.user_id = s.id LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
      SELECT true AS shared
        FROM participant theirs
        JOIN participant own ON own.tenant_id = theirs.tenant_id AND own.conversation_id = theirs.conversation_id
                            AND own.user_id = p_viewer AND own.left_seq IS NULL
       WHERE theirs.tenant_id = p_tenant AND theirs.user_id = s.id AND theirs.left_seq IS NULL
       LIMIT 1) x ON true
   WHERE s.id = p_viewer OR x.shared;
END
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

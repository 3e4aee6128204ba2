-- Places of a user's current conversations, the last active first, after (p_after_at, p_after_id) where a page goes on:
-- sorted at read time, so that no send keeps an index on activity. Filters: kind, subjectType, subjectId, status,
-- archived, pinned, unread, q (a part of the title, or of the name of one of the others in it, in any case); one that is
-- absent lets everything pass. Hidden ones come only where `hidden` is true, and then alone. The conversation's own row is
-- read only where it is asked about, and names only where its people are at most p_people_max.
CREATE FUNCTION inbox_places_v2(p_tenant uuid, p_user text, p_filter jsonb, p_after_at timestamptz, p_after_id uuid,
                                p_limit int, p_people_max int)
RETURNS TABLE (conversation_id uuid, at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_kind text := p_filter->>'kind';
  v_subject_type text := p_filter->>'subjectType';
  v_subject_id text := p_filter->>'subjectId';
  v_status text := p_filter->>'status';
  v_archived boolean := (p_filter->>'archived')::boolean;
  v_pinned boolean := (p_filter->>'pinned')::boolean;
  v_hidden boolean := coalesce((p_filter->>'hidden')::boolean, false);
  v_unread boolean := (p_filter->>'unread')::boolean;
  v_q text := lower((p_filter->>'q') COLLATE "und-x-icu");
  v_filtered boolean := coalesce(v_kind, v_subject_type, v_subject_id, v_status, v_q) IS NOT NULL;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT m.conversation_id, coalesce(m.last_message_at, c.created_at)
    FROM membership_v1 m
    LEFT JOIN LATERAL (
      SELECT x.kind, x.subject_type, x.subject_id, x.status, x.title, x.created_at FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = m.conversation_id AND (v_filtered OR m.last_message_at IS NULL)
       LIMIT 1
    ) c ON true
   WHERE m.tenant_id = p_tenant AND m.user_id = p_user
     AND m.hidden = v_hidden
     AND (v_archived IS NULL OR m.archived = v_archived)
     AND (v_pinned IS NULL OR m.pinned = v_pinned)
     AND (v_kind IS NULL OR c.kind = v_kind)
     AND (v_subject_type IS NULL OR c.subject_type = v_subject_type)
     AND (v_subject_id IS NULL OR c.subject_id = v_subject_id)
     AND (v_status IS NULL OR c.status = v_status)
     AND (v_q IS NULL OR strpos(lower(c.title COLLATE "und-x-icu"), v_q) > 0 OR coalesce((
       SELECT count(*) <= p_people_max AND bool_or(
                o.user_id <> p_user AND strpos(lower(coalesce(u.name, o.user_id) COLLATE "und-x-icu"), v_q) > 0)
         FROM (
           SELECT x.user_id FROM participant x
            WHERE x.tenant_id = p_tenant AND x.conversation_id = m.conversation_id AND x.left_seq IS NULL
            ORDER BY x.user_id LIMIT p_people_max + 1
         ) o
         CROSS JOIN LATERAL (
           SELECT x.name FROM app_user x WHERE x.tenant_id = p_tenant AND x.id = o.user_id LIMIT 1
         ) u), false))
     AND (v_unread IS NULL OR (m.unread > 0 OR m.unread_from_seq IS NOT NULL) = v_unread)
     AND (p_after_id IS NULL
          OR (coalesce(m.last_message_at, c.created_at), m.conversation_id) < (p_after_at, p_after_id))
   ORDER BY 2 DESC, 1 DESC
   LIMIT p_limit;
END
$$;

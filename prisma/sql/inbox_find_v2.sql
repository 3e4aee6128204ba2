-- These conversations with their heads, the seq of the newest message that the user may see, and the user's own part where
-- it has one (role is null where it has none; p_user null: nobody's), in no order. Deleted ones are not
-- there.
CREATE FUNCTION inbox_find_v2(p_tenant uuid, p_user text, p_conversations uuid[])
RETURNS TABLE (id uuid, kind text, status text, visibility text, history text, subject_type text, subject_id text,
               title text, reaction_mode text, posting text, slow_mode_seconds int, metadata jsonb,
               created_at timestamptz, last_seq bigint,
               message_count bigint, last_message_at timestamptz, last_message_seq bigint, user_id text, role text,
               label text, joined_at timestamptz, visible_from bigint, read_seq bigint, unread_from_seq bigint,
               unread bigint, mentions bigint, pinned boolean, archived boolean, hidden boolean, muted_until timestamptz,
               notification_level text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  RETURN QUERY
  SELECT c.id, c.kind, c.status, c.visibility, c.history, c.subject_type, c.subject_id, c.title, c.reaction_mode,
         c.posting, c.slow_mode_seconds, c.metadata, c.created_at, h.last_seq, h.message_count, h.last_message_at, n.seq, m.user_id, m.role, m.label,
         m.joined_at, m.visible_from, m.read_seq, m.unread_from_seq, m.unread, m.mentions, m.pinned, m.archived,
         m.hidden, m.muted_until, m.notification_level
    FROM unnest(p_conversations) AS w(id)
    JOIN LATERAL (
      SELECT x.* FROM conversation x
       WHERE x.tenant_id = p_tenant AND x.id = w.id AND x.status <> 'deleted' LIMIT 1
    ) c ON true
    JOIN LATERAL (
      SELECT x.last_seq, x.message_count, x.last_message_at FROM conversation_head x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id LIMIT 1
    ) h ON true
    LEFT JOIN LATERAL (
      SELECT x.* FROM membership_v2 x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.user_id = p_user LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT x.seq FROM message x
       WHERE x.tenant_id = p_tenant AND x.conversation_id = w.id AND x.seq >= coalesce(m.visible_from, 1)
       ORDER BY x.seq DESC LIMIT 1
    ) n ON true;
END
$$;

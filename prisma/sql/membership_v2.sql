-- Every current membership with its conversation's head, what is unread there, and what is the user's own about it.
-- Unread begins behind the read marker, or before the message that was marked unread. `read_ordinal` and
-- `own_after_read` are kept for that place, so what is unread is one subtraction, at any size; only where a message behind
-- it was deleted are the deleted ones counted, by an index that holds nothing else. The user's own ones among them are in
-- `own_after_read` already.
-- Mentions are counted by message: those behind the same place that reach the user by its id, by the role that it has now,
-- or as one of all; also in threads. Where none came since, none are looked for.
-- The view has no rights of its own: row-level security is that of whoever reads it.
CREATE VIEW membership_v2 WITH (security_invoker = true) AS
SELECT p.tenant_id, p.conversation_id, p.user_id, p.role, p.label, p.joined_at, p.visible_from,
       p.read_seq, p.unread_from_seq,
       p.pinned, p.archived, p.muted_until, p.notification_level, p.own_version,
       p.hidden_count IS NOT NULL AND p.hidden_count >= h.message_count AS hidden,
       p.notification_level = 'none' OR coalesce(p.muted_until > now(), false) AS muted,
       h.last_seq, h.message_count, h.last_message_at,
       h.message_count - p.read_ordinal - p.own_after_read
         - CASE WHEN h.last_deleted_seq <= coalesce(p.unread_from_seq - 1, p.read_seq) THEN 0 ELSE (
             SELECT count(*) FROM message m
              WHERE m.tenant_id = p.tenant_id AND m.conversation_id = p.conversation_id
                AND m.seq > coalesce(p.unread_from_seq - 1, p.read_seq)
                AND m.deleted_at IS NOT NULL AND m.ordinal IS NOT NULL AND m.sender <> p.user_id
           ) END AS unread,
       CASE WHEN h.last_mention_seq <= coalesce(p.unread_from_seq - 1, p.read_seq) THEN 0 ELSE (
         SELECT count(DISTINCT x.message_seq) FROM mention x
          WHERE x.tenant_id = p.tenant_id AND x.conversation_id = p.conversation_id
            AND x.target = ANY (ARRAY['user:' || p.user_id, 'role:' || p.role, 'all', 'here'])
            AND x.message_seq > coalesce(p.unread_from_seq - 1, p.read_seq) AND x.sender <> p.user_id
       ) END AS mentions
  FROM participant p
  JOIN conversation_head h ON h.tenant_id = p.tenant_id AND h.conversation_id = p.conversation_id
 WHERE p.left_seq IS NULL;

-- Every thread that a user follows in a conversation where it is, with what is unread there: the same subtraction as for
-- conversations, by the thread's own ordinals, behind the thread's own read marker. A root from before the user's time is
-- no thread of it.
-- The view has no rights of its own: row-level security is that of whoever reads it.
CREATE VIEW followed_thread_v1 WITH (security_invoker = true) AS
SELECT f.tenant_id, f.user_id, f.conversation_id, f.root_seq, f.read_seq, t.reply_count, t.last_seq, t.last_reply_at,
       t.ordinal_count - f.read_ordinal - f.own_after_read
         - CASE WHEN t.last_deleted_seq <= f.read_seq THEN 0 ELSE (
             SELECT count(*) FROM message m
              WHERE m.tenant_id = f.tenant_id AND m.conversation_id = f.conversation_id AND m.thread_root = f.root_seq
                AND m.seq > f.read_seq
                AND m.deleted_at IS NOT NULL AND m.thread_ordinal IS NOT NULL AND m.sender <> f.user_id
           ) END AS unread
  FROM thread_follower f
  JOIN thread t ON t.tenant_id = f.tenant_id AND t.conversation_id = f.conversation_id AND t.root_seq = f.root_seq
  JOIN participant p ON p.tenant_id = f.tenant_id AND p.conversation_id = f.conversation_id AND p.user_id = f.user_id
 WHERE f.following AND p.left_seq IS NULL AND p.visible_from <= f.root_seq;

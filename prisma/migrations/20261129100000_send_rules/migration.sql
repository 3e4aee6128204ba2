-- Who may post into a conversation, how often, and whether one side of a direct one blocks the other: what a send is judged
-- by, in the rows that it looks up anyway.

ALTER TABLE "conversation"
  ADD COLUMN "posting" TEXT NOT NULL DEFAULT 'everyone' CHECK ("posting" IN ('everyone', 'admins', 'nobody')),
  ADD COLUMN "slow_mode_seconds" INTEGER NOT NULL DEFAULT 0 CHECK ("slow_mode_seconds" BETWEEN 0 AND 21600),
  ADD COLUMN "blocked" BOOLEAN NOT NULL DEFAULT false;

-- Written with every send: an index on it would end the HOT updates.
ALTER TABLE "participant" ADD COLUMN "last_sent_at" TIMESTAMPTZ(3);

import { AppError, type ErrorIssue } from '@parley/contracts/wire';
import type { SendOutcome } from '@parley/domain/timeline';
import type { SendInput } from './message.service';

type Refusal = Exclude<SendOutcome['outcome'], 'created' | 'duplicate'>;

/** Why the timeline stored nothing; `at` is when it may be tried again, where that is known. */
export function refusalOf(outcome: Refusal, at: Date | null, input: SendInput): AppError {
  switch (outcome) {
    case 'key_conflict':
      return new AppError('message.key_conflict');
    case 'not_member':
      return new AppError('conversation.not_found');
    case 'closed':
      return new AppError('conversation.closed');
    case 'blocked':
      return new AppError('user.blocked');
    case 'posting_denied':
      return new AppError('message.posting_denied');
    case 'mention_denied':
      return new AppError('message.mention_denied');
    case 'reply_not_found':
      return new AppError('message.reply_not_found', { issues: referenceIssues(input) });
    case 'slow_mode':
      return new AppError('message.slow_mode', { retryAfterMs: msUntil(at) });
  }
}

function referenceIssues(input: SendInput): ErrorIssue[] {
  const named = (['replyTo', 'threadRoot'] as const).filter((name) => input[name] !== undefined);
  return named.map((path) => ({
    path,
    message: 'must name a message of this conversation that you may see',
  }));
}

/** At least one: a client that waits no time at all would be refused again. */
function msUntil(at: Date | null): number {
  return Math.max(1, (at?.getTime() ?? 0) - Date.now());
}

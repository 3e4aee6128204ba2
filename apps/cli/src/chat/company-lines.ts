import type { PresenceView } from '@parley/contracts/wire';
import { clock, day, harmless, joinNames, type NameOf } from './chat-lines';

/** Who is named when several type; the others are many. */
const namedMax = 3;

/** Who types; null: nobody. */
export function typingLine(userIds: readonly string[], nameOf: NameOf): string | null {
  if (userIds.length === 0) return null;
  if (userIds.length > namedMax) return 'several people are typing…';
  const names = joinNames(userIds.map((userId) => harmless(nameOf(userId))));
  return `${names} ${userIds.length === 1 ? 'is' : 'are'} typing…`;
}

/** Whether the other one is here. */
export function presenceLine({ userId, status, lastSeenAt }: PresenceView, nameOf: NameOf): string {
  const name = harmless(nameOf(userId));
  switch (status) {
    case 'online':
      return `● ${name} is here`;
    case 'away':
      return `◐ ${name} is away`;
    case 'offline':
    case 'invisible':
      return lastSeenAt === null
        ? `○ ${name} is not here`
        : `○ ${name} was here ${day(lastSeenAt)}, ${clock(lastSeenAt)}`;
  }
}

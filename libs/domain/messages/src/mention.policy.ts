import type { ConversationKind, Mention } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';

/**
 * Who may mention everybody, as `all` or `here`. A channel is for many to read, so there those alone who run it do; elsewhere
 * every member, but no guest. The send decides the same under the lock.
 */
export function canMentionGroup(standing: Standing, kind: ConversationKind): boolean {
  switch (standing) {
    case 'server':
    case 'owner':
    case 'admin':
      return true;
    case 'member':
      return kind !== 'channel';
    case 'guest':
      return false;
  }
}

export function namesGroup(mentions: readonly Mention[]): boolean {
  return mentions.some(({ group }) => group !== undefined);
}

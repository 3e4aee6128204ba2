import type { ConversationKind } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';

/** Pins are everybody's in a direct conversation or a group, but for guests; in a channel they are its admins'. */
export function canPin(standing: Standing, kind: ConversationKind): boolean {
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

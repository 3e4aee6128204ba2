import type { ConversationKind } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';
import { canMentionGroup, namesGroup } from './mention.policy';

describe('who may mention everybody', () => {
  const yes: Record<ConversationKind, Standing[]> = {
    direct: ['server', 'owner', 'admin', 'member'],
    group: ['server', 'owner', 'admin', 'member'],
    channel: ['server', 'owner', 'admin'],
  };
  const standings: Standing[] = ['server', 'owner', 'admin', 'member', 'guest'];

  it.each(
    (Object.keys(yes) as ConversationKind[]).flatMap((kind) =>
      standings.map((standing) => ({ kind, standing })),
    ),
  )('in a $kind: $standing', ({ kind, standing }) => {
    expect(canMentionGroup(standing, kind)).toBe(yes[kind].includes(standing));
  });

  it('is asked for groups alone', () => {
    expect(namesGroup([{ userId: 'ada' }, { role: 'owner' }])).toBe(false);
    expect(namesGroup([{ userId: 'ada' }, { group: 'here' }])).toBe(true);
  });
});

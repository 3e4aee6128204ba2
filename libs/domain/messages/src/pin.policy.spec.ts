import { conversationKinds, participantRoles } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';
import { canPin } from './pin.policy';

const standings: Standing[] = ['server', ...participantRoles];

describe('who may pin and unpin (S12)', () => {
  it('by the kind of the conversation', () => {
    const allowed = conversationKinds.map((kind) => [
      kind,
      standings.filter((standing) => canPin(standing, kind)).join(' '),
    ]);
    expect(Object.fromEntries(allowed)).toEqual({
      direct: 'server owner admin member',
      group: 'server owner admin member',
      channel: 'server owner admin',
    });
  });
});

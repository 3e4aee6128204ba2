import { conversationKinds, participantRoles } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';
import { canConfigure, canDelete } from './conversation.policy';

const standings: Standing[] = ['server', ...participantRoles];

describe('who may do what to a conversation (S12)', () => {
  it('changing, closing and opening it', () => {
    const may = standings.map((standing) => [
      standing,
      conversationKinds.filter((kind) => canConfigure(standing, kind)).join(' '),
    ]);
    expect(Object.fromEntries(may)).toEqual({
      server: 'direct group channel',
      owner: 'group channel',
      admin: 'group channel',
      member: '',
      guest: '',
    });
  });

  it('deleting it for all', () => {
    const may = standings.map((standing) => [
      standing,
      conversationKinds.filter((kind) => canDelete(standing, kind)).join(' '),
    ]);
    expect(Object.fromEntries(may)).toEqual({
      server: 'direct group channel',
      owner: 'group channel',
      admin: '',
      member: '',
      guest: '',
    });
  });
});

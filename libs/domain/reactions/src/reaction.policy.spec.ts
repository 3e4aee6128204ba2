import { participantRoles } from '@parley/contracts/wire';
import { canReact } from './reaction.policy';

describe('who may react (S12)', () => {
  it('every participant, and nobody who is none', () => {
    expect(participantRoles.filter((role) => canReact(role))).toEqual([...participantRoles]);
    expect(canReact('server')).toBe(false);
  });
});

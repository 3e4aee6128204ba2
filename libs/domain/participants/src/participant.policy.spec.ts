import { participantRoles, postingModes, type ParticipantRole } from '@parley/contracts/wire';
import {
  assertOwnerRemains,
  canAdd,
  canBan,
  canPost,
  canRemove,
  canSeeBans,
  canTransfer,
  canUpdate,
  type Standing,
} from './participant.policy';

const standings: Standing[] = ['server', ...participantRoles];

function allowed(check: (standing: Standing, role: ParticipantRole) => boolean): Record<string, string> {
  return Object.fromEntries(
    standings.map((standing) => [
      standing,
      participantRoles.filter((role) => check(standing, role)).join(' '),
    ]),
  );
}

describe('who may do what to participants (S12)', () => {
  it('adding somebody in a role', () => {
    expect(allowed(canAdd)).toEqual({
      server: 'owner admin member guest',
      owner: 'owner admin member guest',
      admin: 'member guest',
      member: '',
      guest: '',
    });
  });

  it('removing somebody of a role', () => {
    expect(allowed((standing, role) => canRemove(standing, { self: false, role }))).toEqual({
      server: 'owner admin member guest',
      owner: 'owner admin member guest',
      admin: 'admin member guest',
      member: '',
      guest: '',
    });
  });

  it('leaving', () => {
    expect(participantRoles.every((role) => canRemove(role, { self: true, role }))).toBe(true);
  });

  it('changing the role of somebody', () => {
    expect(allowed((standing, role) => canUpdate(standing, { self: false, role }, { role: true }))).toEqual({
      server: 'owner admin member guest',
      owner: 'owner admin member guest',
      admin: '',
      member: '',
      guest: '',
    });
  });

  it('changing the label of somebody', () => {
    expect(allowed((standing, role) => canUpdate(standing, { self: false, role }, { role: false }))).toEqual({
      server: 'owner admin member guest',
      owner: 'owner admin member guest',
      admin: 'admin member guest',
      member: '',
      guest: '',
    });
  });

  it('banning somebody of a role', () => {
    const ban = (moderator: boolean) =>
      allowed((standing, role) => canBan(standing, moderator, { self: false, role }));
    expect(ban(false)).toEqual({
      server: 'owner admin member guest',
      owner: 'owner admin member guest',
      admin: 'admin member guest',
      member: '',
      guest: '',
    });
    expect(ban(true)).toMatchObject({ member: 'admin member guest', guest: 'admin member guest' });
    expect(canBan('owner', true, { self: true, role: 'owner' })).toBe(false);
    expect(canBan('admin', false, { self: false, role: undefined })).toBe(true);
  });

  it('seeing and lifting bans', () => {
    expect(standings.filter((standing) => canSeeBans(standing, false))).toEqual(['server', 'owner', 'admin']);
    expect(standings.every((standing) => canSeeBans(standing, true))).toBe(true);
  });

  it('handing the conversation over', () => {
    expect(standings.filter(canTransfer)).toEqual(['server', 'owner']);
  });

  it('saying something, by the conversation’s rule', () => {
    const may = standings.map((standing) => [
      standing,
      postingModes.filter((posting) => canPost(standing, posting)).join(' '),
    ]);
    expect(Object.fromEntries(may)).toEqual({
      server: 'everyone admins',
      owner: 'everyone admins',
      admin: 'everyone admins',
      member: 'everyone',
      guest: 'everyone',
    });
  });

  it('the last owner stays while others are there, unless a back end decides', () => {
    expect(() => assertOwnerRemains('owner', { total: 2, owners: 0 })).toThrow('last owner');
    expect(() => assertOwnerRemains('owner', { total: 2, owners: 1 })).not.toThrow();
    expect(() => assertOwnerRemains('owner', { total: 0, owners: 0 })).not.toThrow();
    expect(() => assertOwnerRemains('server', { total: 2, owners: 0 })).not.toThrow();
  });
});

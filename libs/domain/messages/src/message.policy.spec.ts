import { conversationKinds, participantRoles, type MessageKind } from '@parley/contracts/wire';
import type { Standing } from '@parley/domain/participants';
import { canDelete, canEdit, canReadRevisions, type MessageStanding } from './message.policy';

const standings: Standing[] = ['server', ...participantRoles];

/** Kind of conversation → who may. */
function deleting(message: MessageKind, rest: Partial<MessageStanding> = {}): Record<string, string> {
  return Object.fromEntries(
    conversationKinds.map((kind) => [
      kind,
      standings
        .filter((standing) =>
          canDelete({ standing, kind, own: false, moderator: false, ...rest }, { kind: message }),
        )
        .join(' '),
    ]),
  );
}

describe('who may do what to messages (S12)', () => {
  it('editing', () => {
    expect(canEdit({ own: true }, { kind: 'text' })).toBe(true);
    expect(canEdit({ own: false }, { kind: 'text' })).toBe(false);
    expect(canEdit({ own: true }, { kind: 'system' })).toBe(false);
  });

  it('deleting what another said', () => {
    expect(deleting('text')).toEqual({
      direct: 'server',
      group: 'server owner admin',
      channel: 'server owner admin',
    });
  });

  it('deleting what one said oneself', () => {
    const everybody = 'server owner admin member guest';
    expect(deleting('text', { own: true })).toEqual({
      direct: everybody,
      group: everybody,
      channel: everybody,
    });
  });

  it('deleting as a moderator of the tenant', () => {
    const everybody = 'server owner admin member guest';
    expect(deleting('text', { moderator: true })).toEqual({
      direct: everybody,
      group: everybody,
      channel: everybody,
    });
  });

  it('deleting what the system said, also about oneself', () => {
    expect(deleting('system', { own: true })).toEqual({
      direct: 'server',
      group: 'server owner admin',
      channel: 'server owner admin',
    });
  });

  it('reading what a message said before', () => {
    const at = '2026-01-01T00:00:00.000Z';
    expect(canReadRevisions(false, { deletedAt: null })).toBe(true);
    expect(canReadRevisions(true, { deletedAt: null })).toBe(true);
    expect(canReadRevisions(false, { deletedAt: at })).toBe(false);
    expect(canReadRevisions(true, { deletedAt: at })).toBe(true);
  });
});

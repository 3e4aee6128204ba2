import { connectedStatus, LocalDevices } from './local-devices';

const connection = (userId: string, invisible = false) => ({ actor: { tenantId: 't', userId, invisible } });

describe('LocalDevices', () => {
  let devices: LocalDevices<ReturnType<typeof connection>>;
  beforeEach(() => {
    devices = new LocalDevices('gateway', 8_000);
  });
  const at = (ms: number) => ({ at: ms, seenAt: ms });

  it('gives each device an id that no other has', () => {
    const ids = ['ann', 'ann', 'ben'].map((userId) => devices.add(connection(userId)).id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[^|]+\|[^|]+$/);
  });

  it('is online while any device is', () => {
    const [one, other] = [devices.add(connection('ann')), devices.add(connection('ann'))];
    expect(one.user).toBe(other.user);
    one.away = true;
    expect(connectedStatus(one.user)).toBe('online');
    other.away = true;
    expect(connectedStatus(one.user)).toBe('away');
  });

  it('knows a user for the grace after its last device went, and as it was', () => {
    const [one, other] = [connection('ann'), connection('ann')];
    devices.add(one).away = true;
    devices.add(other);
    devices.remove(other, at(1_000));
    expect(devices.takeGone(100_000)).toEqual([]);
    devices.remove(one, at(2_000));
    expect(devices.userCount).toBe(0);
    expect(devices.takeGone(9_999)).toEqual([]);
    expect(devices.takeGone(10_000)).toMatchObject([{ userId: 'ann', left: { status: 'away' } }]);
    expect(devices.user('t', 'ann')).toBeUndefined();
    expect(devices.remove(one, at(11_000))).toBeUndefined();
  });

  it('keeps what a user chose over a short absence, and tells all devices by tenant', () => {
    const first = connection('ann');
    devices.add(first).user.invisible = true;
    devices.remove(first, at(0));
    devices.add(connection('ann'));
    devices.add(connection('ben'));
    expect(devices.takeGone(100_000)).toEqual([]);
    expect(devices.byTenant().get('t')).toMatchObject([
      { userId: 'ann', invisible: true, away: false },
      { userId: 'ben', invisible: false },
    ]);
  });
});

import { Coalescing, restMs, sliceSockets } from './coalescing';

describe('Coalescing', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function open() {
    let written: number[] = [];
    const coalescing = new Coalescing<number>((socket) => written.push(socket));
    const add = (from: number, count: number): void => {
      for (let socket = from; socket < from + count; socket += 1) coalescing.add(socket);
    };
    const take = (): number[] => {
      const taken = written;
      written = [];
      return taken;
    };
    return { add, take };
  }

  const sockets = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => from + i);

  it('writes in the same turn what comes after a pause', () => {
    const { add, take } = open();
    add(0, sliceSockets);
    expect(take()).toEqual([]);
    jest.advanceTimersByTime(0);
    expect(take()).toEqual(sockets(0, sliceSockets));
    jest.advanceTimersByTime(restMs);
    add(0, 1);
    jest.advanceTimersByTime(0);
    expect(take()).toEqual([0]);
  });

  it('rests after a write, the shorter the fewer they were, and writes together what came meanwhile', () => {
    const { add, take } = open();
    add(0, sliceSockets);
    jest.advanceTimersByTime(0);
    take();
    add(7, 1);
    jest.advanceTimersByTime(restMs - 1);
    add(8, 1);
    expect(take()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(take()).toEqual([7, 8]);
    add(9, 1);
    jest.advanceTimersByTime(1);
    expect(take()).toEqual([9]);
  });

  it('writes to very many slice by slice, the longest waiting first, all of them within five slices', () => {
    const { add, take } = open();
    const many = 25 * sliceSockets;
    add(0, many);
    for (let slice = 0; slice < 5; slice += 1) {
      jest.advanceTimersByTime(slice === 0 ? 0 : restMs);
      expect(take()).toEqual(sockets((slice * many) / 5, many / 5));
    }
    add(0, 2 * sliceSockets);
    jest.advanceTimersByTime(restMs);
    expect(take()).toHaveLength(sliceSockets);
  });
});

import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testing';
import { Frame } from './frame';
import { Outlet, sendBudget } from './outlet';
import { textFrame } from './text-frame';

/** A connection whose other side takes what it is sent only when it is told to. */
class Raw extends Duplex {
  readonly writes: Buffer[] = [];
  private waiting: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    this.waiting.push(done);
  }

  override _read(): void {
    // Nothing comes in.
  }

  /** Takes everything, also what is handed on meanwhile. */
  takeAll(): void {
    for (let done = this.waiting.shift(); done !== undefined; done = this.waiting.shift()) done();
  }

  get text(): string {
    return Buffer.concat(this.writes).toString('latin1');
  }
}

function openOutlet() {
  const raw = new Raw();
  const webSocket = { readyState: WebSocket.OPEN } as { readyState: number };
  let slow = 0;
  const outlet = new Outlet({
    protocol: 'webSocket',
    webSocket: webSocket as WebSocket,
    raw,
    onSlow: () => (slow += 1),
  });
  return { raw, webSocket, outlet, slow: () => slow };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Outlet', () => {
  it('frames a text as RFC 6455 says', () => {
    for (const [length, head] of [
      [0, '8100'],
      [125, '817d'],
      [126, '817e007e'],
      [65_535, '817effff'],
      [65_536, '817f0000000000010000'],
    ] as const) {
      const frame = textFrame('x'.repeat(length));
      expect(frame.subarray(0, frame.length - length).toString('hex')).toBe(head);
    }
    expect(textFrame('é').toString('hex')).toBe('8102c3a9');
  });

  it('writes what comes within a turn at once, in order, and joins it once for all', async () => {
    const [one, two] = [openOutlet(), openOutlet()];
    const frames = ['a', 'b', 'c'].map((type) => Frame.of(type, {}));
    for (const frame of frames) for (const { outlet } of [one, two]) outlet.send(frame);
    await turn();
    expect(one.raw.writes).toHaveLength(1);
    expect(one.raw.text.match(/"type":"(.)"/g)).toEqual(['"type":"a"', '"type":"b"', '"type":"c"']);
    // The very same bytes: nothing was joined twice.
    expect(one.raw.writes[0]).toBe(two.raw.writes[0]);
  });

  it('keeps the order of what may wait for more and what may not, and writes both at once', async () => {
    const { raw, outlet } = openOutlet();
    outlet.sendCoalesced(Frame.of('a', {}));
    await turn();
    expect(raw.writes).toHaveLength(1);
    raw.takeAll();
    outlet.sendCoalesced(Frame.of('b', {}));
    outlet.send(Frame.of('c', {}));
    outlet.sendCoalesced(Frame.of('d', {}));
    await waitFor(() => raw.text.includes('"d"'));
    expect(raw.writes).toHaveLength(2);
    expect(raw.text.match(/"type":"(.)"/g)).toEqual(['"type":"a"', '"type":"b"', '"type":"c"', '"type":"d"']);
  });

  it('keeps what differs apart', async () => {
    const [one, two] = [openOutlet(), openOutlet()];
    const [all, own, other] = ['all', 'own', 'other'].map((type) => Frame.of(type, {})) as [
      Frame,
      Frame,
      Frame,
    ];
    for (const { outlet } of [one, two]) outlet.send(all);
    one.outlet.send(own);
    two.outlet.send(other);
    await turn();
    expect([one.raw.text.includes('other'), two.raw.text.includes('own')]).toEqual([false, false]);
    expect([one.raw.text.includes('own'), two.raw.text.includes('other')]).toEqual([true, true]);
  });

  it('lets a socket that holds nothing take a burst, and ends one that does not read', async () => {
    const { raw, outlet, slow } = openOutlet();
    const burst = (count: number): void => {
      for (let sent = 0; sent < count; sent += 1) outlet.send(Frame.of('m', sent));
    };
    burst(sendBudget.messages * 2);
    await turn();
    expect([raw.writes.length, slow()]).toEqual([1, 0]);
    raw.takeAll();
    await turn();
    burst(sendBudget.messages);
    await turn();
    burst(1);
    await turn();
    expect([raw.writes.length, slow()]).toEqual([2, 1]);
    burst(1);
    await turn();
    expect([raw.writes.length, slow()]).toEqual([2, 1]);
  });

  it('counts bytes, too', async () => {
    const { raw, outlet, slow } = openOutlet();
    outlet.send(Frame.of('m', 'x'.repeat(sendBudget.bytes / 2)));
    await turn();
    outlet.send(Frame.of('m', 'x'.repeat(sendBudget.bytes / 2)));
    await turn();
    expect([raw.writes.length, slow()]).toEqual([1, 1]);
  });

  it('never ends one that reads, however much comes', async () => {
    const { raw, outlet, slow } = openOutlet();
    for (let round = 0; round < 20; round += 1) {
      for (let sent = 0; sent < 100; sent += 1) outlet.send(Frame.of('m', sent));
      await turn();
      if (round % 2 === 1) raw.takeAll();
      await turn();
    }
    expect(slow()).toBe(0);
  });

  it('writes what is lossy once the socket holds nothing, the newest of each key alone', async () => {
    const { raw, outlet, slow } = openOutlet();
    outlet.sendLossy('a', Frame.of('a', 'at once'));
    await turn();
    expect(raw.text).toContain('at once');
    for (let count = 0; count < sendBudget.messages * 2; count += 1) {
      outlet.sendLossy('a', Frame.of('a', `held ${count}`));
      outlet.sendLossy(`b ${count}`, Frame.of('b', `other ${count}`));
      await turn();
    }
    expect(raw.writes).toHaveLength(1);
    raw.takeAll();
    await waitFor(() => raw.writes.length === 2);
    expect(raw.text.match(/held \d+/g)).toEqual([`held ${sendBudget.messages * 2 - 1}`]);
    expect(raw.text.match(/other \d+/g)).toHaveLength(255);
    expect(slow()).toBe(0);
  });

  it('writes what is lossy behind what is not', async () => {
    const { raw, outlet } = openOutlet();
    outlet.sendLossy('a', Frame.of('a', 'second'));
    outlet.send(Frame.of('m', 'first'));
    await turn();
    expect(raw.writes).toHaveLength(1);
    expect(raw.text).toMatch(/first.*second/s);
  });

  it('writes nothing behind a close', async () => {
    const { raw, webSocket, outlet } = openOutlet();
    outlet.send(Frame.of('late', {}));
    webSocket.readyState = WebSocket.CLOSING;
    await turn();
    expect(raw.writes).toEqual([]);
  });
});

import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Overload } from '@parley/platform/ratelimit';
import { loadLimits, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

const upgrade = (port: string, more = ''): string =>
  `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;

describe('limits over sockets', () => {
  let gateways: RunningGateways;
  const ends: (() => void)[] = [];

  async function start(limits: object, environment: Record<string, string> = {}, count = 1): Promise<void> {
    gateways = await RunningGateways.start(count, environment);
    await gateways.limit({ ...loadLimits, ...limits });
  }
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await gateways.stop();
  });

  it('S34: a user has one bucket of messages on all gateways; the refusal names it and is retryable', async () => {
    await start({ messages: { perMinute: 1, burst: 6 } }, {}, 2);
    const conversationId = await gateways.conversation('ann', 'ben');
    const [one, other, ben] = [
      await gateways.connect('ann', 0),
      await gateways.connect('ann', 1),
      await gateways.connect('ben', 1),
    ];
    const acks = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? one : other).send(conversationId, 'hello')),
    );
    expect(acks.filter(({ ok }) => ok)).toHaveLength(6);
    const refused = acks.find(({ ok }) => !ok);
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'rate_limit.exceeded', bucket: 'messages', retryable: true },
    });
    expect((await ben.send(conversationId, 'hello')).ok).toBe(true);
    // Refused, not thrown out, and not deaf.
    expect((await one.ask('ping', {})).ok).toBe(true);
    expect([one.closeCode, other.closeCode]).toEqual([undefined, undefined]);
  });

  it('does not count a repeat of a known message', async () => {
    await start({ messages: { perMinute: 1, burst: 2 } });
    const conversationId = await gateways.conversation('ann');
    const ann = await gateways.connect('ann');
    for (let time = 0; time < 5; time += 1) {
      expect((await ann.send(conversationId, 'hello', 'message-1')).ok).toBe(true);
    }
    expect((await ann.send(conversationId, 'hello', 'message-2')).ok).toBe(true);
    expect(await ann.send(conversationId, 'hello', 'message-3')).toMatchObject({
      error: { code: 'rate_limit.exceeded' },
    });
  });

  it.each([
    ['participant.add', { participants: [{ userId: 'ben' }] }],
    ['participant.remove', { userId: 'nobody' }],
    ['read.mark', {}],
    ['pin.add', { messageId: '019a0000-0000-7000-8000-000000000001' }],
  ] as const)('S34: %s takes from the bucket of writes, as over REST', async (request, input) => {
    await start({ writes: { perMinute: 1, burst: 1 } });
    const conversationId = await gateways.conversation('ann', 'ben');
    const ann = await gateways.connect('ann');
    const first = await ann.ask(request, { conversationId, ...input });
    expect(first).not.toMatchObject({ error: { code: 'rate_limit.exceeded' } });
    expect(await ann.ask(request, { conversationId, ...input })).toMatchObject({
      error: { code: 'rate_limit.exceeded', bucket: 'writes' },
    });
  });

  it('answers every request beyond the socket’s limit, and closes only who goes on for ten seconds', async () => {
    await start({ socketRequests: { perMinute: 60, burst: 5 } });
    const [calm, wild] = [await gateways.connect('ann'), await gateways.connect('ann')];
    const until = performance.now() + 10_500;
    let refused = 0;
    while (performance.now() < until && wild.closeCode === undefined) {
      const acks = await Promise.all(
        Array.from({ length: 20 }, () => wild.ask('ping', {}).catch(() => undefined)),
      );
      refused += acks.filter((ack) => ack?.ok === false).length;
      await delay(100);
    }
    await waitFor(
      () =>
        wild.closeCode !== undefined ||
        wild.ask('ping', {}).then(
          () => false,
          () => false,
        ),
    );
    expect(wild.closeCode).toBe(4003);
    expect(refused).toBeGreaterThan(100);
    expect((await calm.ask('ping', {})).ok).toBe(true);
    expect(calm.closeCode).toBeUndefined();
  }, 30_000);

  it('lets a user have so many sockets; one that ends makes room', async () => {
    await start({ socketsPerUser: 3 });
    const opened = await Promise.all(Array.from({ length: 3 }, () => gateways.connect('ann')));
    const fourth = gateways.open({ token: await gateways.token('ann') });
    await waitFor(() => fourth.refused);
    expect(fourth.refused).toMatchObject({
      code: 'rate_limit.exceeded',
      bucket: 'socketsPerUser',
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
    });
    await gateways.connect('ben');
    opened[0]?.close();
    await waitFor(async () => {
      const again = gateways.open({ token: await gateways.token('ann') });
      await waitFor(() => again.refused ?? again.named('ready').length > 0);
      return again.named('ready').length > 0;
    });
  });

  /** The first line and headers of the answer to an upgrade; the connection stays open where it was let in. */
  async function answerTo(more = ''): Promise<string> {
    const { port } = new URL(gateways.url());
    const socket = connect(Number(port), '127.0.0.1');
    ends.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.write(upgrade(port, more));
    const [data] = (await once(socket, 'data')) as [Buffer];
    return data.toString();
  }

  it('F36: refuses an address that has enough connections, before it says who it is', async () => {
    await start({}, { SOCKETS_PER_ADDRESS: '3', TRUSTED_PROXIES: '1' });
    const from = (address: string): string => `X-Forwarded-For: 6.6.6.6, ${address}\r\n`;
    for (let count = 0; count < 3; count += 1) expect(await answerTo(from('1.1.1.1'))).toContain('101');
    expect(await answerTo(from('1.1.1.1'))).toMatch(/^HTTP\/1.1 429 .*\r\n[^]*Retry-After: \d+/);
    expect(await answerTo(from('2.2.2.2'))).toContain('101');
  });

  it('F26: refuses an address that connects too fast', async () => {
    await start({}, { SOCKETS_PER_ADDRESS: '2', HANDSHAKES_PER_ADDRESS: '1' });
    for (let count = 0; count < 2; count += 1) {
      expect(await answerTo()).toContain('101');
      ends.splice(0).forEach((end) => end());
    }
    await waitFor(async () => (await answerTo()).includes('429'));
  });

  it('F26: verifies so many handshakes at once, and tells the others to come back', async () => {
    await start({}, { HANDSHAKES_MAX: '1' });
    const token = await gateways.token('ann');
    const sockets = Array.from({ length: 20 }, () => gateways.open({ token }));
    await waitFor(() => sockets.every((each) => each.refused ?? each.named('ready').length > 0));
    const refused = sockets.map((each) => each.refused).filter((error) => error !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ code, retryable }) => `${code} ${retryable}`))).toEqual(
      new Set(['service.overloaded true']),
    );
  });

  it('F37: lets nobody new in while the loop is late, keeps who is there, and is open again after it', async () => {
    await start({});
    const ann = await gateways.connect('ann');
    const overload = gateways.service(Overload);
    for (let sample = 0; sample < 20; sample += 1) overload.sample(500);
    expect(await answerTo()).toMatch(/^HTTP\/1.1 503 .*\r\n[^]*Retry-After: \d+/);
    expect((await ann.ask('ping', {})).ok).toBe(true);
    overload.sample(1);
    expect(await answerTo()).toContain('101');
  });
});

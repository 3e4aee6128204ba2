import { InternalServer } from '@parley/platform/telemetry';
import { freePort, waitFor } from '@parley/testing';
import { RunningGateways } from './running-gateways';

describe('without Redis (F1)', () => {
  it.each([
    ['not configured', async () => ''],
    ['down', async () => `redis://127.0.0.1:${await freePort()}`],
  ])('%s: starts, serves, delivers to its own sockets', async (_, redisUrl) => {
    const gateways = await RunningGateways.start(1, { REDIS_URL: await redisUrl() });
    try {
      const conversationId = await gateways.conversation('ann', 'bob');
      const ann = await gateways.connect('ann');
      const bob = await gateways.connect('bob');
      expect(await ann.send(conversationId, 'hello')).toMatchObject({ ok: true });
      await waitFor(() => bob.seqs(conversationId).length === 1);
      const internal = `http://127.0.0.1:${gateways.service(InternalServer).port}`;
      expect((await fetch(`${internal}/health/ready`)).status).toBe(200);
      const metrics = await (await fetch(`${internal}/metrics`)).text();
      for (const metric of [
        /^websocket_connections_active\S* 2$/m,
        /^messages_total\{.*status="created".*\} 1$/m,
        /^socket_requests_total\{.*code="ok".*\} 1$/m,
        /^bus_dropped_total\S* 1$/m,
      ]) {
        expect(metrics).toMatch(metric);
      }
    } finally {
      await gateways.stop();
    }
  });
});

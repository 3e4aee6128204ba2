import { Agent, request, type IncomingMessage } from 'node:http';
import { RunningApi } from './running-api';

describe('the end of the api', () => {
  it('F16: answers what was begun, and does not wait for connections that clients keep', async () => {
    const api = await RunningApi.start();
    const { serverKey } = await api.tenant();
    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify({ userId: 'ada' });
    const begun = request(`${api.url}/v1/tokens`, {
      agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${serverKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      begun.once('response', (response: IncomingMessage) => resolve(response.resume()));
      begun.once('error', reject);
    });
    await new Promise((resolve) => begun.write(body.slice(0, 5), resolve));
    // Another request's answer tells that the server has the beginning of the first.
    await api.call('GET', '/health');
    const closing = api.stop();
    begun.end(body.slice(5));
    expect((await answered).statusCode).toBe(201);
    // Without the drain it would take the 65 s of keep-alive, longer than this test may.
    await closing;
    agent.destroy();
  });
});

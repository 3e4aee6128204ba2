import { waitFor } from '@parley/testing';
import { Connections } from '../src/connections/connections';
import { fuzz } from './frame-fuzz';
import { RunningGateways } from './running-gateways';

const frames = 100_000;
const rounds = 5;
const megabyte = 1024 * 1024;

describe('a hundred thousand frames by chance (F39)', () => {
  it('end nothing but their own connections and leave nothing behind', async () => {
    const gateways = await RunningGateways.start(1);
    const honest = await gateways.connect('honest');
    const heap: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await fuzz(gateways, round, frames / rounds);
      await waitFor(() => gateways.service(Connections).size === 1, { timeoutMs: 15_000 });
      gateways.lines.length = 0;
      heap.push(process.memoryUsage().heapUsed);
      expect(await honest.ask('ping', {})).toMatchObject({ ok: true });
    }
    // The least of the last rounds: what the collector has not come to yet is no leak.
    expect(Math.min(...heap.slice(2))).toBeLessThan((heap[0] ?? 0) * 1.1 + 20 * megabyte);
    await gateways.stop();
  }, 600_000);
});

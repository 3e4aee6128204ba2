import { restartEverything } from './rolling-restart';

describe('five rolling restarts under load (F16)', () => {
  it('both gateways, api and worker: nothing is lost, nothing fails after a retry, acks in flight finish', async () => {
    process.stdout.write(`${await restartEverything(5)}\n`);
  }, 300_000);
});

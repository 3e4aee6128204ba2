import { restartEverything } from './rolling-restart';

describe('a rolling restart under load (F16)', () => {
  it('both gateways, api and worker: nothing is lost, nothing fails after a retry, acks in flight finish', async () => {
    await restartEverything(1);
  }, 120_000);
});

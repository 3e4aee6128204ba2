import { killWorkers } from './killed-worker';

describe('I15, F18: a worker that is killed again and again', () => {
  it('leaves every search text there, each once, and nothing in the outbox', async () => {
    await killWorkers(5);
  }, 120_000);
});

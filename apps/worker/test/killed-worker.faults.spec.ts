import { killWorkers } from './killed-worker';

describe('I15, F18: a worker that is killed fifty times', () => {
  it('leaves every search text there, each once, and nothing in the outbox', async () => {
    process.stdout.write(`${await killWorkers(50)}\n`);
  }, 900_000);
});

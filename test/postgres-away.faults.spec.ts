import { postgresStopsUnderLoad } from './postgres-away';

describe('PostgreSQL is away for a minute under load (F8)', () => {
  it('every request, over sockets and REST, is answered within 3 s, retryable; no process ends; normal within 5 s after it is back', async () => {
    process.stdout.write(`${await postgresStopsUnderLoad(60_000)}\n`);
  }, 240_000);
});

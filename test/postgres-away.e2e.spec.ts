import { postgresStopsUnderLoad } from './postgres-away';

describe('PostgreSQL stops under load (F8)', () => {
  it('every request, over sockets and REST, is answered within 3 s, retryable; no process ends; normal within 5 s after it is back', async () => {
    await postgresStopsUnderLoad(6_000);
  }, 120_000);
});

import { redisDiesUnderLoad } from './redis-away';

describe('Redis dies under load (F1, F2)', () => {
  it('no send fails, both gateways deliver within 5 s, all is normal again soon, and no message, job or event is lost', async () => {
    await redisDiesUnderLoad({ awayMs: 5_000, flushes: 2 });
  }, 120_000);
});

import { redisDiesUnderLoad } from './redis-away';

describe('Redis is away for a minute under load (F1, F2)', () => {
  it('no send fails, both gateways deliver within 5 s, all is normal within 10 s after it, and FLUSHALL ×10 loses nothing', async () => {
    process.stdout.write(`${await redisDiesUnderLoad({ awayMs: 60_000, flushes: 10 })}\n`);
  }, 240_000);
});

import { cutCommits } from './cut-commits';

describe('two hundred connections cut between a batch and its answer (F9)', () => {
  it('I1–I3: a send that is retried with its key is stored once, whatever its first answer was', async () => {
    process.stdout.write(`${await cutCommits(200)}\n`);
  }, 300_000);
});

import { cutCommits } from './cut-commits';

describe('two hundred connections cut between a batch and its answer (F9)', () => {
  it('I1–I3: a send that is retried with its key is stored once, whatever its first answer was', async () => {
    console.log(await cutCommits(200));
  }, 300_000);
});

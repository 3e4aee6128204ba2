import { cutCommits } from '../test/cut-commits';

describe('connections cut between a batch and its answer (F9)', () => {
  it('I1–I3: a send that is retried with its key is stored once, whatever its first answer was', async () => {
    await cutCommits(40);
  }, 120_000);
});

import { mutants } from '../src/mutants/mutants';
import { prove, runsMax, type Proof } from '../src/mutants/prove';

/** The others are proved by `node chaos/run.mjs prove-mutants`. */
const proved = mutants.filter(({ focus }) => focus !== undefined);

describe('the checker is proved by planted faults', () => {
  const proofs: Proof[] = [];

  afterAll(() => {
    const lines = proofs.map(
      ({ mutant, caught, runs, broken, text }) =>
        `${caught ? `caught in run ${runs} of ${runsMax}` : 'MISSED'}: ${mutant} (${broken.join(' ')})\n    ${text}`,
    );
    process.stdout.write(`${lines.join('\n')}\n`);
  });

  it('by eight kinds at least', () => {
    expect(proved.length).toBeGreaterThanOrEqual(8);
  });

  it.each(proved)(
    `$name: caught in at most ${runsMax} runs`,
    async (mutant) => {
      const proof = await prove(mutant, 0);
      proofs.push(proof);
      expect(proof).toMatchObject({ caught: true });
    },
    300_000,
  );
});

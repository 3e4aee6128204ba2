import { mutants, runsOf, type Mutant } from '../src/mutants/mutants';
import { prove, runsMax, type Proof } from '../src/mutants/prove';

/** The others are proved by `node chaos/run.mjs prove-mutants`. */
const proved = mutants.filter(({ focus }) => focus !== undefined);

const runs = runsOf(proved).map((planted) => ({
  names: planted.map(({ name }) => name).join(', '),
  planted,
}));

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

  it.each(runs)(
    `$names: caught in at most ${runsMax} runs`,
    async ({ planted }: { planted: Mutant[] }) => {
      const found = await prove(planted, 0);
      proofs.push(...found);
      expect(found.filter(({ caught }) => !caught)).toEqual([]);
      expect(found).toHaveLength(planted.length);
    },
    300_000,
  );
});

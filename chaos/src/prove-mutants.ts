import { Command } from 'commander';
import { mutants } from './mutants/mutants';
import { prove } from './mutants/prove';

async function main(): Promise<void> {
  const { only, seed } = new Command('prove-mutants')
    .description('Plants known faults into copies of the product, and says whether each is found.')
    .option('--only <text>', 'mutants with this in their name', '')
    .option('--seed <number>', 'seeds begin behind it', Number, 0)
    .parse()
    .opts<{ only: string; seed: number }>();
  for (const mutant of mutants.filter(({ name }) => name.includes(only))) {
    for (const { caught, runs, broken, text } of await prove([mutant], seed)) {
      process.stdout.write(
        `${caught ? 'caught' : 'MISSED'} in ${runs} of 3: ${mutant.name} (${broken.join(' ') || 'nothing broken'})\n    ${text}\n`,
      );
      if (!caught) process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

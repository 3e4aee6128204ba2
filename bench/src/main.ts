import { setMaxListeners } from 'node:events';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { findCores } from '@parley/testing/load';
import type { Comparison } from './findings';
import { Lab, type LabOptions } from './lab';
import { writeResult } from './result-file';
import type { Scenario } from './scenario.types';
import { scenarios } from './scenarios';

interface Options {
  quick: boolean;
  pin: boolean;
  seed: number;
  rounds?: number;
  generators: number;
  out: string;
  data?: string;
}

const committed = join(__dirname, '../results');

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      `There is no scenario ${unknown}: choose of ${scenarios.map(({ name }) => name).join(', ')}.`,
    );
  }
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const command = new Command('bench')
    .description('Measures the built product beside its floors, on PostgreSQL and Redis of its own.')
    .argument('[scenarios...]', `of ${scenarios.map(({ name }) => name).join(', ')}; all without one`)
    .option(
      '--quick',
      'one short round of everything, in less than 10 minutes: a look, no figure to quote',
      false,
    )
    .option('--rounds <number>', 'interleaved rounds; 5 or 3 otherwise', whole)
    .option('--generators <number>', 'processes that make the load', whole, 1)
    .option('--seed <number>', 'of everything that is drawn', whole, 1)
    .option('--no-pin', 'leaves all processes to the scheduler instead of one core for the server side')
    .option('--out <folder>', 'where the results go; bench/results is what is committed', committed)
    .option('--data <folder>', 'where PostgreSQL and Redis keep their data: the disk that is measured')
    .parse();
  const options = command.opts<Options>();
  const list = chosen(command.args);
  // A figure comes from an installation of its own; a look need not.
  const groups = options.quick ? [list] : list.map((scenario) => [scenario]);
  for (const group of groups) await measure(group, options);
}

async function measure(group: readonly Scenario[], options: Options): Promise<void> {
  const cores = options.pin ? findCores() : undefined;
  if (cores === undefined) say('not pinned: the generator and the server side share the cores');
  const lab = await Lab.open(labOptions(options, cores));
  const interrupt = (): void => void lab.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    for (const scenario of group) {
      say(`${scenario.name}: ${scenario.title}`);
      const findings = await scenario.run(lab);
      const file = await writeResult(
        resolve(options.out),
        scenario,
        scenarios.indexOf(scenario),
        lab,
        findings,
      );
      for (const comparison of findings.comparisons) say(`  ${describe(comparison)}`);
      say(`  → ${file}`);
    }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await lab.close();
  }
}

function labOptions(options: Options, cores: LabOptions['cores']): LabOptions {
  return {
    quick: options.quick,
    seed: options.seed,
    generators: options.generators,
    cores,
    say,
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
    ...(options.data === undefined ? {} : { dataDir: resolve(options.data) }),
  };
}

function describe({ title, case: inCase, median, gate, goal }: Comparison): string {
  const bounds = [gate === undefined ? '' : `gate ${gate}`, goal === undefined ? '' : `goal ${goal}`].filter(
    Boolean,
  );
  return `${title}${inCase === undefined ? '' : `, ${inCase}`}: ${median.toPrecision(3)} ${bounds.join(', ')}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

// Every process that is waited for listens for the end of this one.
setMaxListeners(50);
main().then(
  () => process.exit(),
  (error: unknown) => {
    say(error instanceof InvalidArgumentError ? error.message : String((error as Error).stack));
    process.exit(1);
  },
);

import { setMaxListeners } from 'node:events';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { findCores } from '@parley/testing/load';
import type { Comparison } from './findings';
import { GatewayProfile } from './gateway-profile';
import { floorKinds, Lab, type LabOptions } from './lab';
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
  only?: string[];
  profile: boolean;
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
    .option('--only <subjects...>', `leaves out all others of parley, ${Object.keys(floorKinds).join(', ')}`)
    .option('--profile', 'where the gateway spends its time; the figures are not kept', false)
    .option('--out <folder>', 'where the results go; bench/results is what is committed', committed)
    .option('--data <folder>', 'where PostgreSQL and Redis keep their data: the disk that is measured')
    .parse();
  const options = command.opts<Options>();
  const list = chosen(command.args);
  // A figure comes from an installation of its own; a look need not.
  const groups = options.quick ? [list] : list.map((scenario) => [scenario]);
  // Asked once: after the first scenario this process itself is on one core.
  const cores = options.pin ? findCores() : undefined;
  for (const group of groups) await measure(group, options, cores);
}

async function measure(
  group: readonly Scenario[],
  options: Options,
  cores: LabOptions['cores'],
): Promise<void> {
  if (cores === undefined) say('not pinned: the generator and the server side share the cores');
  const profile = options.profile ? GatewayProfile.begin() : undefined;
  const opening = Lab.open(labOptions(options, cores, profile));
  const end = async (): Promise<void> => (await opening).close();
  const interrupt = (): void => void end().finally(() => process.exit(130));
  // What fails beside the scenario would end this process, and leave behind what it started.
  const fail = (error: unknown): void => {
    say(inspect(error));
    void end().finally(() => process.exit(1));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt).once('unhandledRejection', fail);
  try {
    const lab = await opening;
    for (const scenario of group) await runScenario(scenario, lab, options);
    await end();
    if (profile !== undefined) say(profile.describe());
  } finally {
    await end();
    profile?.remove();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('unhandledRejection', fail);
  }
}

async function runScenario(scenario: Scenario, lab: Lab, options: Options): Promise<void> {
  say(`${scenario.name}: ${scenario.title}`);
  const findings = await scenario.run(lab);
  for (const comparison of findings.comparisons) say(`  ${describe(comparison)}`);
  // A profiled or partial run is no result.
  if (options.profile || options.only !== undefined) return;
  const file = await writeResult(resolve(options.out), scenario, scenarios.indexOf(scenario), lab, findings);
  say(`  → ${file}`);
}

function labOptions(
  options: Options,
  cores: LabOptions['cores'],
  profile: GatewayProfile | undefined,
): LabOptions {
  return {
    quick: options.quick,
    seed: options.seed,
    generators: options.generators,
    cores,
    say,
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(profile === undefined ? {} : { profileFolder: profile.folder }),
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

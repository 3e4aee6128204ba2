import { mkdirSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { fullProfile } from './profiles';
import { describeRun, passed } from './report';
import { run } from './run';
import type { Product } from './system/installation';
import { ProductCopy } from './system/product-copy';

interface Options {
  seed: number;
  messages: number;
  clients: number;
  conversations: number;
  faults: number;
  rate: number;
  runs: number;
  quiet: number;
  keep?: string;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

async function main(): Promise<void> {
  const options = new Command('chaos')
    .description(
      'Breaks an installation of its own in every known way, under traffic, and checks what must hold.',
    )
    .option(
      '--seed <number>',
      'the first seed; the same seed gives the same faults',
      whole,
      Date.now() % 1_000_000,
    )
    .option('--runs <number>', 'how many seeds in a row', whole, 1)
    .option('--messages <number>', 'messages of a run', whole, fullProfile.messages)
    .option('--clients <number>', 'half of them without the SDK', whole, fullProfile.clients)
    .option('--conversations <number>', 'one of them with everybody', whole, fullProfile.conversations)
    .option('--faults <number>', 'faults of a run', whole, fullProfile.faults)
    .option('--rate <number>', 'messages a second in calm weather', whole, fullProfile.rate)
    .option(
      '--quiet <seconds>',
      'how long everything may take to arrive in the end',
      whole,
      fullProfile.quietMs / 1_000,
    )
    .option('--keep <folder>', 'where histories and final states are kept, for recheck')
    .parse()
    .opts<Options>();
  if (options.keep !== undefined) mkdirSync(options.keep, { recursive: true });
  const product = new ProductCopy();
  try {
    await runAll(options, product);
  } finally {
    product.remove();
  }
}

async function runAll(options: Options, product: Product): Promise<void> {
  for (let seed = options.seed; seed < options.seed + options.runs; seed += 1) {
    const report = await run({
      ...options,
      seed,
      quietMs: options.quiet * 1_000,
      reconcileMs: fullProfile.reconcileMs,
      product,
      ...(options.keep === undefined ? {} : { keepIn: options.keep }),
      say: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${describeRun(report)}\n`);
    if (!passed(report)) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { jobDefinitions } from '@parley/contracts/internal';
import { Db } from '@parley/platform/database';
import { OutboxEvents } from '@parley/platform/outbox';
import { databaseNeeds, withDatabase } from '../database/database-access';
import { print, table } from '../output';

interface Options {
  json?: boolean;
}

const shownAtMost = 1_000;

/** Adds `parley jobs`. */
export function register(program: Command): void {
  const names = jobDefinitions.map(({ name }) => name);
  const group = program.command('jobs').description('jobs that failed for good (opens the database)');
  group
    .command('dead')
    .description('list them, the newest first')
    .addOption(new Option('--limit <count>', 'at most so many').argParser(parseLimit).default(50))
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', databaseNeeds)
    .action(dead);
  group
    .command('redrive')
    .description('give all dead letters of a job another chance, after their cause was repaired')
    .addArgument(new Argument('<job>', 'name of the job').choices(names))
    .option('--json', 'print JSON, for scripts')
    .addHelpText('after', `${databaseNeeds}\n\nExample:\n  $ parley jobs redrive ${names[0] ?? ''}`)
    .action(redrive);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > shownAtMost)
    throw new InvalidArgumentError(`It must be 1 to ${shownAtMost}.`);
  return limit;
}

async function dead({ limit, ...options }: Options & { limit: number }): Promise<void> {
  const letters = await withDatabase(Db, (db) => new OutboxEvents(db).dead(limit));
  const rows = letters.map(({ jobs, event, tenantId, id, reason, at }) => ({
    job: jobs.join(','),
    event,
    tenant: tenantId,
    id,
    since: at,
    reason,
  }));
  print(letters, table(rows, 'No job has failed for good.'), options);
}

async function redrive(job: string, options: Options): Promise<void> {
  const redriven = await withDatabase(Db, (db) => new OutboxEvents(db).redrive(job));
  print({ job, redriven }, [`${redriven} dead letters of ${job} will run again.`], options);
}

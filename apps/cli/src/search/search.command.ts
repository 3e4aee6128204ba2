import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { Db } from '@parley/platform/database';
import { SearchIndex } from '@parley/domain/search';
import { TenantService } from '@parley/domain/tenants';
import { databaseNeeds, withDatabase } from '../database/database-access';
import { print } from '../output';

interface Options {
  json?: boolean;
  pause: number;
}

/** Adds `parley search`. */
export function register(program: Command): void {
  const group = program
    .command('search')
    .description('the text by which messages are found (opens the database)');
  group
    .command('reindex')
    .description(
      'bring the search text that an older version wrote to this version, a hundred messages at a time',
    )
    .addOption(
      new Option('--pause <ms>', 'rest after every hundred, in milliseconds')
        .argParser(parsePause)
        .default(50),
    )
    .option('--json', 'print JSON, for scripts')
    .addHelpText(
      'after',
      `${databaseNeeds}\nMessages are sent and found meanwhile; when it is interrupted, run it again.`,
    )
    .action(reindex);
}

function parsePause(text: string): number {
  const pause = Number(text);
  if (!Number.isInteger(pause) || pause < 0 || pause > 60_000)
    throw new InvalidArgumentError('It must be 0 to 60000.');
  return pause;
}

async function reindex({ pause, ...options }: Options): Promise<void> {
  const tenants = await withDatabase(TenantService, (service) => service.list());
  const written = await withDatabase(Db, async (db) => {
    const index = new SearchIndex(db);
    let count = 0;
    for (const { id } of tenants) count += await reindexTenant(index, id, pause);
    return count;
  });
  print({ written }, [`The search text of ${written} messages was written again.`], options);
}

async function reindexTenant(index: SearchIndex, tenantId: string, pause: number): Promise<number> {
  let count = 0;
  for (;;) {
    const written = await index.reindex(tenantId);
    if (written === 0) return count;
    count += written;
    await delay(pause);
  }
}

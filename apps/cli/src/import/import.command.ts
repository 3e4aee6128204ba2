import type { Command } from 'commander';
import type { MeView } from '@parley/contracts/wire';
import { CliError } from '../cli.error';
import { connect, withConnection, type ConnectionOptions } from '../connection';
import { print } from '../output';
import { RestImportApi, type ImportApi } from './import-api';
import { importProgress } from './import-progress';
import { importSummary, surveySummary } from './import-summary';
import { SlackArchive } from './slack-archive';
import { readExport } from './slack-export';
import { SlackImport, type SlackImportResult } from './slack-import';
import { survey, type SlackSurvey } from './slack-reader';

interface ImportOptions extends ConnectionOptions {
  tenant: string;
  dryRun?: boolean;
  json?: boolean;
}

const help = `
Reads the zip file that a workspace exports: users, channels, groups, direct messages, threads and mentions, with their
original times. Every file is checked before anything is sent. A second run adds only what is new.

Examples:
  $ parley import slack export.zip --tenant 0192f0c4-7d1e-7c3a-9b1e-2f6d1c3b5a70
  $ parley import slack export.zip --tenant 0192f0c4-7d1e-7c3a-9b1e-2f6d1c3b5a70 --dry-run`;

/** Adds `parley import`. */
export function register(program: Command): void {
  const group = program
    .command('import')
    .description('take in conversations from elsewhere (needs a server key with the scope imports)');
  withConnection(
    group
      .command('slack')
      .argument('<file>', 'zip file of a Slack export')
      .description('import a Slack export')
      .requiredOption('--tenant <id>', "tenant to import into; the key must be this tenant's")
      .option('--dry-run', 'read and check the file, say what would be imported, send nothing'),
  )
    .addHelpText('after', help)
    .action(importSlack);
}

async function importSlack(file: string, options: ImportOptions): Promise<void> {
  const archive = await SlackArchive.open(file);
  try {
    const api = options.dryRun === true ? undefined : await apiOf(options);
    const surveyed = await survey(archive, await readExport(archive));
    if (api === undefined) {
      const lines = [...surveySummary(surveyed), 'Nothing was sent (dry run).'];
      print(plainCounts(surveyed), lines, options);
      return;
    }
    const result = await send(api, archive, surveyed);
    print({ ...plainCounts(surveyed), ...plainResult(result) }, importSummary(surveyed, result), options);
  } finally {
    archive.close();
  }
}

async function send(
  api: ImportApi,
  archive: SlackArchive,
  surveyed: SlackSurvey,
): Promise<SlackImportResult> {
  const progress = importProgress(surveyed.messages, process.stderr);
  try {
    return await new SlackImport(api, archive, surveyed, (sent) => progress.update(sent)).run();
  } finally {
    progress.stop();
  }
}

async function apiOf({ tenant, ...options }: ImportOptions): Promise<ImportApi> {
  const me = await connect(options).request<MeView>('GET', '/v1/me');
  if (me.tenantId !== tenant) {
    throw new CliError(
      `The server key belongs to tenant ${me.tenantId}, not to ${tenant}: nothing was imported.`,
    );
  }
  if (me.scopes?.includes('imports') !== true) {
    throw new CliError('The server key lacks the scope imports: nothing was imported.');
  }
  const { url = '', key = '' } = options;
  return new RestImportApi({ url, key });
}

function plainCounts({ records, messages, replies, skipped, notes, unlisted }: SlackSurvey): object {
  return {
    records,
    messages,
    replies,
    skipped: Object.fromEntries(skipped),
    notes: Object.fromEntries(notes),
    unlisted,
  };
}

function plainResult({ users, conversations }: SlackImportResult): object {
  return {
    users,
    conversations: conversations.map((c) => ({ ...c, skipped: Object.fromEntries(c.skipped) })),
  };
}

import { table } from '../output';
import { type SlackImportResult, titleOf } from './slack-import';
import type { SlackSurvey } from './slack-reader';

const number = (value: number): string => value.toLocaleString('en-US');

/** What was imported and what was not, as lines for a person. */
export function importSummary(survey: SlackSurvey, result: SlackImportResult): string[] {
  const { users, conversations } = result;
  const row = (what: string, counts: { created: number }, there: number): Record<string, string> => ({
    imported: what,
    new: number(counts.created),
    'already there': number(there),
  });
  const rows = [
    row('users', users, users.existing),
    ...conversations.map((conversation) => row(conversation.title, conversation, conversation.duplicate)),
  ];
  return [...table(rows, ''), ...remarks(survey, result)];
}

/** What an import would do. */
export function surveySummary(survey: SlackSurvey): string[] {
  const rows = [
    { found: 'users', number: number(survey.users.length) },
    ...survey.conversations.map((c) => ({ found: titleOf(c), number: number(c.messages) })),
  ];
  return [...table(rows, ''), ...remarks(survey)];
}

function remarks(survey: SlackSurvey, result?: SlackImportResult): string[] {
  const lines = [
    `${number(survey.records)} records read: ${number(survey.messages)} messages, ${number(survey.replies)} of them replies in threads.`,
    ...counted('skipped', survey.skipped),
    ...counted('altered', survey.notes),
  ];
  if (survey.unlisted.length > 0) {
    lines.push(
      `skipped: ${number(survey.unlisted.length)} files in folders that no list of conversations names`,
    );
  }
  if (result !== undefined) lines.push(...counted('server', serverSkips(result)));
  return ['', ...lines];
}

const serverReasons = {
  key_conflict: 'not imported: imported before with another text',
  thread_root_missing: 'imported outside its thread, whose root is not there',
} as const;

// A reason may name a subtype that stands in the file: it must not command the terminal.
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD');

function serverSkips(result: SlackImportResult): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { skipped } of result.conversations) {
    for (const [reason, times] of skipped) {
      const told = serverReasons[reason];
      counts.set(told, (counts.get(told) ?? 0) + times);
    }
  }
  return counts;
}

function counted(word: string, counts: Map<string, number>): string[] {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, times]) => `${word}: ${number(times)} ${printable(reason)}`);
}

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const intro = `# Benchmarks

Generated from \`bench/results/*.json\`; \`npm run check\` fails where the two differ. How it is measured, and what the floors are:
\`bench/README.md\`. Figures are medians over interleaved rounds, with minimum and maximum in parentheses; a cell without them comes from
one round. Ratios are taken round by round. CPU is that of the whole server side, by processes.
`;

/** The text of docs/benchmarks.md. */
export function renderBenchmarks(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  const results = files
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
    .sort((a, b) => a.order - b.order);
  if (results.length === 0) return `${intro}\nNo results yet.\n`;
  return [intro, ...results.map(renderResult)].join('\n');
}

function renderResult(result) {
  const { title, about, columns, rows, comparisons, notes } = result;
  const shown = columns.filter(({ key }) => rows.some(({ rounds }) => rounds.some((round) => key in round)));
  const hasCases = rows.some((row) => row.case !== undefined);
  const head = ['server', ...(hasCases ? ['case'] : []), ...shown.map((column) => column.title)];
  const lines = rows.map((row) => [
    row.subject,
    ...(hasCases ? [row.case ?? ''] : []),
    ...shown.map((column) => cell(row, column)),
  ]);
  return [
    `## ${title}\n`,
    `${about}\n`,
    table(head, lines),
    comparisons.length === 0 ? '' : table(comparisonHead, comparisons.map(comparisonLine)),
    ...rows.filter(({ stoppedBy }) => stoppedBy).map(stopped),
    ...notes.map((note) => `- ${note}`),
    '',
    `${provenance(result)}\n`,
  ].join('\n');
}

const comparisonHead = ['figure', 'median', 'min', 'max', 'gate', 'goal'];

function comparisonLine({ title, case: inCase, median, min, max, gate, goal }) {
  const name = inCase === undefined ? title : `${title}, ${inCase}`;
  return [name, ...[median, min, max].map(significant), judged(gate, median), judged(goal, median)];
}

/** The bound and whether the median keeps it. */
function judged(bound, median) {
  if (bound === undefined) return '';
  const [sign, limit] = bound.split(' ');
  const kept = sign === '≥' ? median >= Number(limit) : median <= Number(limit);
  return `${bound}: ${kept ? 'yes' : '**no**'}`;
}

function cell({ rounds }, { key, digits }) {
  const values = rounds.flatMap((round) => round[key] ?? []).sort((a, b) => a - b);
  if (values.length === 0) return '';
  const [least, most] = [values[0], values.at(-1)].map((value) => fixed(value, digits));
  const median = fixed(medianOf(values), digits);
  return values.length === 1 ? median : `${median} (${least}–${most})`;
}

function medianOf(sorted) {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function stopped({ subject, case: inCase, stoppedBy }) {
  return `- What stopped ${subject}${inCase === undefined ? '' : ` (${inCase})`}: ${stoppedBy}.`;
}

function provenance({ at, commit, changed, command, machine, settings, rows }) {
  const { cpu, cores, memoryGiB, system, node } = machine;
  const rounds = Math.max(...rows.map((row) => row.rounds.length));
  const postgres = Object.entries(settings.postgres).map(([name, value]) => `${name} ${value}`);
  return (
    `_${at.slice(0, 10)}, commit ${commit.slice(0, 12)}${changed ? ' with changes' : ''}, ${rounds} rounds; ${cpu}, ${cores} cores, ` +
    `${memoryGiB} GiB, ${system}, Node ${node}; pinned: ${settings.pinned}; PostgreSQL: ${postgres.join(', ')}._ \`${command}\``
  );
}

function table(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row), ''].join('\n');
}

function fixed(value, digits) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function significant(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
}

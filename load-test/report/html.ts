import { style } from './style.ts';
import {
  latencyColumns,
  type CountRow,
  type LatencyRow,
  type Summary,
  type ThresholdRow,
} from './summary.ts';

/** The report as one file that loads nothing. */
export function renderHtml(summary: Summary): string {
  const { title, ok, verdict, facts, thresholds, latencies, counts } = summary;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(`${ok ? 'Green' : 'Red'} · ${title}`)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escape(title)}</h1>
<p class="verdict ${ok ? 'green' : 'red'}"><strong>${ok ? 'Green' : 'Red'}</strong> ${escape(verdict)}</p>
<dl>${facts.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>
</header>
${section('Thresholds', 'What must hold for the run to be green; what is broken comes first.', thresholdTable(thresholds))}
${section('Latencies', 'Counted from the moment at which something was due, so that a stall is not hidden.', latencyTable(latencies))}
${section('Counts', 'Of the whole run.', countTable(counts))}
</main>
</body>
</html>
`;
}

function section(heading: string, text: string, table: string): string {
  const id = heading.toLowerCase();
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
<p class="lead">${text}</p>
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">${table}</div>
</section>`;
}

function thresholdTable(rows: readonly ThresholdRow[]): string {
  const ordered = [...rows.filter(({ ok }) => !ok), ...rows.filter(({ ok }) => ok)];
  return table(
    ['Result', 'Measurement', 'Must be', 'Was'],
    ordered.map(({ name, meaning, rule, measured, ok }) => [
      `<td><span class="badge ${ok ? 'green' : 'red'}">${ok ? 'pass' : 'fail'}</span></td>`,
      named(name, meaning),
      number(rule),
      number(measured),
    ]),
  );
}

function latencyTable(rows: readonly LatencyRow[]): string {
  return table(
    ['Measurement', ...latencyColumns.map((column) => (column === 'med' ? 'median' : column))],
    rows.map(({ name, meaning, values }) => [named(name, meaning), ...values.map(number)]),
  );
}

function countTable(rows: readonly CountRow[]): string {
  return table(
    ['Measurement', 'Count'],
    rows.map(({ name, meaning, value }) => [named(name, meaning), number(value)]),
  );
}

function table(headings: readonly string[], rows: readonly string[][]): string {
  const numeric = (heading: string) => !['Result', 'Measurement'].includes(heading);
  const head = headings
    .map((heading) => `<th scope="col"${numeric(heading) ? ' class="number"' : ''}>${escape(heading)}</th>`)
    .join('');
  const body = rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('\n');
  return `<table><thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table>`;
}

function named(name: string, meaning: string): string {
  return `<th scope="row">${escape(name)}<small>${escape(meaning)}</small></th>`;
}

function number(text: string): string {
  return `<td class="number">${escape(text)}</td>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

import { latencyColumns, type Summary } from './summary.ts';

/** The summary for the terminal. */
export function renderText({ ok, verdict, facts, thresholds, latencies }: Summary, report: string): string {
  const lines = [
    '',
    `${ok ? 'GREEN' : 'RED'}: ${verdict}`,
    '',
    ...facts.map(([name, value]) => `  ${name.padEnd(22)}${value}`),
    '',
    ...thresholds.map(
      ({ name, rule, measured, ok: holds }) =>
        `  ${holds ? 'pass' : 'FAIL'}  ${name.padEnd(22)}${rule.padEnd(20)}${measured}`,
    ),
    '',
    `  ${' '.repeat(22)}${latencyColumns.map((column) => column.padStart(12)).join('')}`,
    ...latencies.map(
      ({ name, values }) => `  ${name.padEnd(22)}${values.map((value) => value.padStart(12)).join('')}`,
    ),
    '',
    `  Report: ${report}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

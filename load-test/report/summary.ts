import { meanings } from './meanings.ts';

/** What k6 gives to handleSummary, as far as it is used here. */
export interface SummaryData {
  state: { testRunDurationMs: number };
  metrics: Record<
    string,
    | { contains: string; values: Record<string, number>; thresholds?: Record<string, { ok: boolean }> }
    | undefined
  >;
}

export interface ThresholdRow {
  name: string;
  meaning: string;
  /** What was asked: `p(95) < 300 ms`. */
  rule: string;
  measured: string;
  ok: boolean;
}

export interface LatencyRow {
  name: string;
  meaning: string;
  /** By the names of {@link latencyColumns}. */
  values: string[];
}

export interface CountRow {
  name: string;
  meaning: string;
  value: string;
}

export interface Summary {
  title: string;
  /** Name and value of what was run. */
  facts: [string, string][];
  ok: boolean;
  verdict: string;
  thresholds: ThresholdRow[];
  latencies: LatencyRow[];
  counts: CountRow[];
}

export const latencyColumns = ['med', 'p(95)', 'p(99)', 'max'] as const;

/** Everything that the reports show, as text. */
export function summaryOf(facts: [string, string][], data: SummaryData): Summary {
  const shown = Object.entries(meanings).flatMap(([key, { name, meaning }]) => {
    const metric = data.metrics[key];
    return metric === undefined ? [] : [{ name, meaning, metric }];
  });
  const thresholds = Object.entries(meanings).flatMap(([key, meaning]) =>
    thresholdRows(data.metrics[key], meaning),
  );
  const failed = thresholds.filter(({ ok }) => !ok);
  const seconds = Math.round(data.state.testRunDurationMs / 1_000);
  return {
    title: 'Parley load test',
    facts: [...facts, ['Took', `${seconds} s`]],
    ok: thresholds.length > 0 && failed.length === 0,
    verdict: verdictOf(failed, thresholds.length),
    thresholds,
    latencies: shown
      .filter(({ metric }) => metric.contains === 'time')
      .map(({ name, meaning, metric }) => ({
        name,
        meaning,
        values: latencyColumns.map((column) => milliseconds(metric.values[column])),
      })),
    counts: shown
      .filter(({ metric }) => metric.contains === 'default' && metric.values['count'] !== undefined)
      .map(({ name, meaning, metric }) => ({ name, meaning, value: whole(metric.values['count']) })),
  };
}

const signs: Readonly<Record<string, string>> = { '==': '=', '>=': '≥', '<=': '≤' };

function verdictOf(failed: readonly ThresholdRow[], all: number): string {
  if (all === 0) return 'Nothing was measured.';
  if (failed.length === 0) return 'Every message reached every receiver once and in order, in time.';
  const names = [...new Set(failed.map(({ name, measured }) => `${name.toLowerCase()} ${measured}`))];
  return `${failed.length} of ${all} thresholds crossed: ${names.join(', ')}.`;
}

function thresholdRows(
  metric: SummaryData['metrics'][string],
  { name, meaning }: { name: string; meaning: string },
): ThresholdRow[] {
  return Object.entries(metric?.thresholds ?? {}).map(([expression, { ok }]) => {
    const [, aggregate = '', operator = '', limit = ''] = /^(.+?)(==|<=|>=|<|>)(.+)$/.exec(expression) ?? [];
    const show = metric?.contains === 'time' ? milliseconds : aggregate === 'rate' ? percent : whole;
    const asked = `${signs[operator] ?? operator} ${show(Number(limit))}`;
    return {
      name,
      meaning,
      rule: aggregate === 'count' || aggregate === 'rate' ? asked : `${aggregate} ${asked}`,
      measured: show(metric?.values[aggregate]),
      ok,
    };
  });
}

function milliseconds(value = 0): string {
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ms`;
}

function percent(value = 0): string {
  return `${Math.round(value * 1_000) / 10} %`;
}

function whole(value = 0): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

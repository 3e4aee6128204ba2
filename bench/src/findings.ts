/** One column of a scenario's table. */
export interface Column {
  key: string;
  title: string;
  digits: number;
}

/** What one subject did in one case, once per round. */
export interface Row {
  subject: string;
  /** `100 members`; absent where a scenario has one case. */
  case?: string;
  rounds: Record<string, number>[];
  /** What kept it from more, in the last round. */
  stoppedBy?: string;
}

/** A figure beside another of the same rounds, or beside a number. */
export interface Comparison {
  title: string;
  case?: string;
  median: number;
  min: number;
  max: number;
  /** What must hold: `≥ 4`. */
  gate?: string;
  goal?: string;
}

export interface Findings {
  columns: Column[];
  rows: Row[];
  comparisons: Comparison[];
  notes: string[];
}

export interface Bounds {
  gate?: string;
  goal?: string;
  case?: string;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** The ratio of two rows, round by round. */
export function ratioOf(
  rows: readonly Row[],
  key: string,
  of: string,
  against: string,
  bounds: Bounds,
): Comparison[] {
  const [first, second] = [of, against].map((subject) => find(rows, subject, bounds.case));
  const ratios = (first?.rounds ?? []).flatMap((round, place) => {
    const [above, below] = [round[key], second?.rounds[place]?.[key]];
    return above === undefined || below === undefined || below === 0 ? [] : [above / below];
  });
  return spread(`${key}: ${of} / ${against}`, ratios, bounds);
}

/** A row's own figure, beside what it must reach. */
export function figureOf(rows: readonly Row[], key: string, of: string, bounds: Bounds): Comparison[] {
  const values = (find(rows, of, bounds.case)?.rounds ?? []).flatMap((round) => round[key] ?? []);
  return spread(`${key}: ${of}`, values, bounds);
}

function find(rows: readonly Row[], subject: string, inCase: string | undefined): Row | undefined {
  return rows.find((row) => row.subject === subject && row.case === inCase);
}

function spread(title: string, values: readonly number[], bounds: Bounds): Comparison[] {
  if (values.length === 0) return [];
  return [{ title, median: medianOf(values), min: Math.min(...values), max: Math.max(...values), ...bounds }];
}

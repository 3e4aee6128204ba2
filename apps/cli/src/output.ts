/** Values by column; absent ones are left blank. */
export type Row = Record<string, string | number | boolean | null | undefined>;

/** Prints a result: JSON for scripts, otherwise its lines for a person. */
export function print(result: unknown, lines: string[], { json }: { json?: boolean }): void {
  const text = json === true ? [JSON.stringify(result, null, 2)] : lines;
  process.stdout.write(text.map((line) => `${line}\n`).join(''));
}

/** Rows below their headings; `empty` where there are none. */
export function table(rows: Row[], empty: string): string[] {
  const [first] = rows;
  if (first === undefined) return [empty];
  const headings = Object.keys(first);
  const cells = [
    headings.map((heading) => heading.toUpperCase()),
    ...rows.map((row) => headings.map((h) => cell(row[h]))),
  ];
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((line) => [...(line[column] ?? '')].length)),
  );
  return cells.map((line) =>
    line
      .map((text, column) => pad(text, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One thing, a line per field. */
export function fields(row: Row): string[] {
  const width = Math.max(...Object.keys(row).map((name) => name.length));
  return Object.entries(row).map(([name, value]) => `${pad(name, width)}  ${cell(value)}`.trimEnd());
}

// A name may hold control characters, which would command the terminal.
function cell(value: Row[string]): string {
  return String(value ?? '').replace(/\p{Cc}/gu, '\u{FFFD}');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

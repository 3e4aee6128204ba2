import type { Verdict } from './suite';

/** Scenarios down, clients across, and below it what was found wrong. */
export class Table {
  private readonly rows = new Map<string, Map<string, Verdict>>();

  constructor(private readonly clients: readonly string[]) {}

  get failures(): number {
    return this.all().filter(({ verdict }) => verdict !== undefined).length;
  }

  set(scenario: string, client: string, verdict: Verdict): void {
    const row = this.rows.get(scenario) ?? new Map<string, Verdict>();
    this.rows.set(scenario, row.set(client, verdict));
  }

  print(): string {
    const width = Math.max(...[...this.rows.keys()].map((name) => name.length));
    const head = [''.padEnd(width), ...this.clients].join('  ');
    const lines = [...this.rows].map(([scenario, row]) =>
      [
        scenario.padEnd(width),
        ...this.clients.map((client) =>
          (row.get(client) === undefined ? 'ok' : 'FAILED').padEnd(client.length),
        ),
      ].join('  '),
    );
    const found = this.all().flatMap(({ scenario, client, verdict }) =>
      verdict === undefined ? [] : [`${client}: ${scenario}\n    ${verdict}`],
    );
    return [head, ...lines, ...found].join('\n');
  }

  private all(): { scenario: string; client: string; verdict: Verdict }[] {
    return [...this.rows].flatMap(([scenario, row]) =>
      [...row].map(([client, verdict]) => ({ scenario, client, verdict })),
    );
  }
}

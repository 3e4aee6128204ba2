import type { DemoUser } from './demo/demo-writer';

/** What the person at the terminal gets to read. */
export class Terminal {
  private readonly startedAt = Date.now();

  constructor(private readonly output: NodeJS.WritableStream) {
    // A terminal that was closed must not end the launcher before its children.
    output.on('error', () => undefined);
  }

  line(text: string): void {
    this.output.write(`${text}\n`);
  }

  /** A line with the seconds since the start. */
  progress(text: string): void {
    this.line(`${((Date.now() - this.startedAt) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  }

  /** The one block that tells what there is now. */
  block({ url, users, chatLines }: { url: string; users: DemoUser[]; chatLines: string[] }): void {
    const [first] = users;
    const tokens = users.slice(0, 2).map(({ id, token }) => `  ${id.padEnd(6)} ${token}`);
    this.line(
      [
        '',
        `Parley is running: ${url}    Ctrl-C ends it.`,
        '',
        'Two tokens of the demo, good for 30 days:',
        ...tokens,
        '',
        'Read over REST:',
        `  curl -H "Authorization: Bearer ${first?.token ?? ''}" ${url}/v1/conversations`,
        '',
        'Talk, each in a terminal of its own:',
        ...chatLines.map((line) => `  ${line}`),
        '',
      ].join('\n'),
    );
  }
}

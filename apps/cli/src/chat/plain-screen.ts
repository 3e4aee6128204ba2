import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Screen, ScreenListener } from './screen';

/** One line in, one message; one message, one line out. */
export class PlainScreen implements Screen {
  readonly interactive = false;
  readonly colours = false;
  readonly columns = Infinity;
  private readonly lines: Interface;
  private interrupt: (() => void) | undefined;

  constructor(
    input: Readable,
    private readonly output: Writable,
  ) {
    this.lines = createInterface({ input, terminal: false });
  }

  print(line: string): void {
    this.output.write(`${line}\n`);
  }

  footer(): void {
    // What passes is nothing for a script.
  }

  prompt(): void {
    // Nobody sees it.
  }

  listen(listener: ScreenListener): void {
    this.interrupt = () => listener.interrupt();
    this.lines.on('line', (text) => listener.line(text));
    this.lines.on('close', () => listener.end());
    process.on('SIGINT', this.interrupt);
    // The reader of a pipe may go first, as `head` does.
    this.output.on('error', this.interrupt);
  }

  close(): void {
    if (this.interrupt) process.off('SIGINT', this.interrupt);
    this.lines.removeAllListeners();
    this.lines.close();
  }
}

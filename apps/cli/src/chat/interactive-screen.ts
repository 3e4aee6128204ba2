import {
  clearScreenDown,
  createInterface,
  cursorTo,
  moveCursor,
  type Interface,
  type Key,
} from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { commandNames } from './command-line';
import type { Screen, ScreenListener } from './screen';

/** The part of a terminal that a screen needs. */
export interface Terminal {
  readonly columns: number;
  hasColors(): boolean;
}

/**
 * A terminal with the conversation above and the input line below. What is printed goes above the input, and what the
 * person is typing stays as it is.
 */
export class InteractiveScreen implements Screen {
  readonly interactive = true;
  readonly colours: boolean;
  private readonly lines: Interface;
  private footerLines: string[] = [];
  /** Rows that the input took when Enter was pressed. */
  private enteredRows = 1;
  private typing: () => void = () => undefined;
  private closed = false;

  constructor(
    private readonly input: Readable,
    private readonly output: Writable & Terminal,
  ) {
    this.colours = output.hasColors();
    this.lines = createInterface({ input, output, terminal: true, historySize: 100, completer: complete });
    // Before readline's own listener, which by then has already left the input line.
    input.prependListener('keypress', this.beforeKey);
  }

  get columns(): number {
    return this.output.columns;
  }

  print(line: string): void {
    if (this.closed) return;
    this.erase();
    this.output.write(`${line}\n`);
    this.draw();
  }

  footer(lines: string[]): void {
    if (this.closed || lines.join('\n') === this.footerLines.join('\n')) return;
    this.erase();
    this.footerLines = lines;
    this.draw();
  }

  prompt(text: string): void {
    if (this.closed) return;
    this.erase();
    this.lines.setPrompt(text);
    this.draw();
  }

  listen(listener: ScreenListener): void {
    this.typing = () => listener.typing();
    this.lines.on('line', (text) => {
      this.dropEntered();
      listener.line(text);
    });
    this.lines.on('SIGINT', () => listener.interrupt());
    this.lines.on('close', () => {
      this.closed = true;
      listener.end();
    });
  }

  close(): void {
    // After Ctrl-D readline has gone, and left the cursor behind the prompt.
    if (this.closed) this.output.write('\n');
    else this.erase();
    this.closed = true;
    this.input.off('keypress', this.beforeKey);
    this.lines.removeAllListeners();
    this.lines.close();
  }

  private readonly beforeKey = (text: string | undefined, key: Key | undefined): void => {
    if (key?.name !== 'return' && key?.name !== 'enter') {
      // A command is for nobody else.
      if (text !== undefined && !`${this.lines.line}${text}`.startsWith('/')) this.typing();
      return;
    }
    this.lines.write(null, { ctrl: true, name: 'e' });
    this.enteredRows = this.lines.getCursorPos().rows + 1;
  };

  // Enter left the typed line on the screen; as a message it comes back in its own form.
  private dropEntered(): void {
    moveCursor(this.output, 0, -(this.enteredRows + this.footerLines.length));
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
    this.draw();
  }

  private erase(): void {
    moveCursor(this.output, 0, -(this.lines.getCursorPos().rows + this.footerLines.length));
    cursorTo(this.output, 0);
    clearScreenDown(this.output);
  }

  private draw(): void {
    for (const line of this.footerLines) this.output.write(`${line}\n`);
    // readline goes up from where it believes the cursor to be before it draws: give it the rows to do so.
    this.output.write('\n'.repeat(this.lines.getCursorPos().rows));
    this.lines.prompt(true);
  }
}

function complete(line: string): [string[], string] {
  const hits = commandNames.map((name) => `/${name}`).filter((name) => name.startsWith(line));
  return [line.startsWith('/') ? hits : [], line];
}

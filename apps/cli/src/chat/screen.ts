export interface ScreenListener {
  /** The person typed a line and pressed Enter, or a script wrote one. */
  line(text: string): void;
  /** The person types, and has not pressed Enter yet; never called for a script. */
  typing(): void;
  /** No more lines come. */
  end(): void;
  /** Ctrl-C: at once. */
  interrupt(): void;
}

/** Where the chat is shown: a terminal that a person types in, or plain streams that a script uses. */
export interface Screen {
  readonly interactive: boolean;
  readonly colours: boolean;
  /** Columns of a line; Infinity where lines do not wrap. */
  readonly columns: number;
  /** A line that stays. */
  print(line: string): void;
  /** Lines that stand above the input until they are replaced; a script never sees them. */
  footer(lines: string[]): void;
  prompt(text: string): void;
  listen(listener: ScreenListener): void;
  close(): void;
}
